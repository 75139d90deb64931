package org.patchgrid.wave;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.patchgrid.study.Computation;

/**
 * Fills one wave after the other with the rows of one pair after the other. A pair whose rows would
 * fit in one wave is not cut: every wave computes the clean and the corrupted runs of its pairs.
 */
final class WavePacking {
  private final LayerMemory memory;
  private final int batchRows;
  private final WaveSize size;
  private final List<Wave> done = new ArrayList<>();
  private final List<Wave.Pair> pairs = new ArrayList<>();
  private final List<Wave.Row> rows = new ArrayList<>();
  private final Map<Outcome.PatchedRow, Integer> present = new HashMap<>(); // of the last pair
  private long tokens;
  private int pairsSeen;

  /**
   * @param batchRows most patched rows of a wave; {@link Computation#AUTO}: as many as run best
   */
  WavePacking(LayerMemory memory, int batchRows, WaveSize size) {
    this.memory = memory;
    this.batchRows = batchRows;
    this.size = size;
  }

  /** Adds the next pair of the schedule. */
  void add(int firstDifference, List<Outcome.PatchedRow> runs) {
    Wave.Pair pair = new Wave.Pair(pairsSeen++, firstDifference);
    long all = tokens(pair) + runs.stream().mapToLong(this::tokens).sum();
    if (!pairs.isEmpty() && !fits(all, runs.size(), 1)) {
      close();
    }
    open(pair);
    for (Outcome.PatchedRow run : runs) {
      List<Outcome.PatchedRow> missing = missing(run);
      long more = missing.stream().mapToLong(this::tokens).sum();
      if (!rows.isEmpty() && !fits(more, missing.size(), 0)) {
        close();
        open(pair);
        missing = missing(run);
      }
      for (Outcome.PatchedRow each : missing) {
        present.put(each, rows.size());
        rows.add(new Wave.Row(pairs.size() - 1, each, each.equals(run)));
        tokens += tokens(each);
      }
      int place = Objects.requireNonNull(present.get(run)); // there for another run, perhaps
      rows.set(place, new Wave.Row(rows.get(place).pair(), run, true));
    }
  }

  /** The run itself and those that it takes values from, as far as the wave lacks them. */
  private List<Outcome.PatchedRow> missing(Outcome.PatchedRow run) {
    return run.withThoseItTakesFrom().stream()
        .filter(needed -> !present.containsKey(needed))
        .toList();
  }

  private void open(Wave.Pair pair) {
    pairs.add(pair);
    present.clear();
    tokens += tokens(pair);
  }

  private boolean fits(long moreTokens, int moreRows, int morePairs) {
    int rowsThen = rows.size() + moreRows;
    int pairsThen = pairs.size() + morePairs;
    if (batchRows != Computation.AUTO && Math.max(rowsThen, pairsThen) > batchRows) {
      return false; // a pair without patches takes room too
    }
    long running = rowsThen + (long) WaveRows.BASE_ROWS * pairsThen;
    return size.holds(memory, tokens + moreTokens, running);
  }

  private long tokens(Wave.Pair pair) {
    return pair.tokens(memory.length());
  }

  private long tokens(Outcome.PatchedRow run) {
    return run.tokens(memory.length());
  }

  private void close() {
    List<Wave.Row> inOrder = new ArrayList<>(rows);
    inOrder.sort(Comparator.comparing(Wave.Row::run)); // equal ones stay in the order of the pairs
    done.add(new Wave(memory.length(), pairs, inOrder));
    pairs.clear();
    rows.clear();
    tokens = 0;
  }

  List<Wave> waves() {
    if (!pairs.isEmpty()) {
      close();
    }
    return List.copyOf(done);
  }
}
