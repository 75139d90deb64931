package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.patchgrid.study.Computation;
import org.patchgrid.study.ModelStructure;

/**
 * Fills one wave after the other with the rows of one pair after the other. A pair whose rows would
 * fit in one wave is not cut: every wave computes the clean and the corrupted runs of its pairs.
 */
final class WavePacking {
  /**
   * Tokens of a wave behind its last join. Enough that reading the weights costs nothing beside
   * them, and few enough that their activations stay in a processor's cache.
   */
  static final int LARGEST_TOKENS = 2048;

  /** Long prompts may fill more tokens than that: so many times those of the base runs. */
  private static final int TIMES_BASE = 4;

  /**
   * Numbers that attention holds at once, 400 MB: it computes all positions of every row, however
   * few differ, and the square of a prompt's length for each head.
   */
  static final long LARGEST_ATTENTION = 100_000_000;

  /** Arrays that attention makes of the patterns, and of queries and keys for their rotation. */
  private static final int PATTERN_ARRAYS = 4;

  private static final int ROTATION_ARRAYS = 9;

  private final int length;
  private final int batchRows;
  private final long attentionOfARow;

  private final List<Wave> done = new ArrayList<>();
  private final List<Wave.Pair> pairs = new ArrayList<>();
  private final List<Wave.Row> rows = new ArrayList<>();
  private long tokens;
  private long tokenLimit;
  private int pairsSeen;

  /**
   * @param batchRows most patched rows of a wave; {@link Computation#AUTO}: as many as run best
   */
  WavePacking(ModelStructure structure, int length, int batchRows) {
    this.length = length;
    this.batchRows = batchRows;
    long numbers = PATTERN_ARRAYS * (long) length + ROTATION_ARRAYS * (long) structure.headWidth();
    this.attentionOfARow = structure.queryHeads() * (long) length * numbers;
  }

  /** Adds the next pair of the schedule. */
  void add(int firstDifference, List<Outcome.PatchedRow> runs) {
    Wave.Pair pair = new Wave.Pair(pairsSeen++, firstDifference);
    long all = base(pair) + runs.stream().mapToLong(this::tokens).sum();
    if (!pairs.isEmpty() && !fits(all, runs.size(), 1)) {
      close();
    }
    open(pair);
    for (Outcome.PatchedRow run : runs) {
      if (!rows.isEmpty() && !fits(tokens(run), 1, 0)) {
        close();
        open(pair);
      }
      rows.add(new Wave.Row(pairs.size() - 1, run));
      tokens += tokens(run);
    }
  }

  private void open(Wave.Pair pair) {
    if (pairs.isEmpty()) {
      tokenLimit = Math.max(LARGEST_TOKENS, TIMES_BASE * base(pair));
    }
    pairs.add(pair);
    tokens += base(pair);
  }

  private boolean fits(long moreTokens, int moreRows, int morePairs) {
    int rowsThen = rows.size() + moreRows;
    int pairsThen = pairs.size() + morePairs;
    if (batchRows != Computation.AUTO) {
      return Math.max(rowsThen, pairsThen) <= batchRows; // a pair without patches takes room too
    }
    int attending = rowsThen + WaveRows.BASE_ROWS * pairsThen;
    return tokens + moreTokens <= tokenLimit && attending * attentionOfARow <= LARGEST_ATTENTION;
  }

  /** Tokens of a pair's clean and corrupted run. */
  private long base(Wave.Pair pair) {
    return 2L * length - pair.firstDifference();
  }

  /** Tokens of a row once its difference has spread. */
  private int tokens(Outcome.PatchedRow run) {
    int first =
        run.patches().stream()
            .mapToInt(patch -> patch.positions().nextSetBit(0))
            .min()
            .orElseThrow();
    return length - first;
  }

  private void close() {
    List<Wave.Row> inOrder = new ArrayList<>(rows);
    inOrder.sort(Comparator.comparing(Wave.Row::run)); // equal ones stay in the order of the pairs
    done.add(new Wave(length, pairs, inOrder));
    pairs.clear();
    rows.clear();
    tokens = 0;
  }

  /** The waves of all pairs that were added. */
  List<Wave> waves() {
    if (!pairs.isEmpty()) {
      close();
    }
    return List.copyOf(done);
  }
}
