package org.patchgrid.wave;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.patchgrid.study.PatchDirection;

/**
 * The rows of one wave: for each pair its clean run, which has every position, and its corrupted
 * run, which shares those before the first difference; then the patched runs, which share with
 * their target run all that they have not changed.
 */
final class WaveRows {
  /** The clean and the corrupted run. */
  static final int BASE_ROWS = 2;

  private final int length;
  private final List<Wave.Pair> pairs;
  private final List<Wave.Row> patched;
  private final Map<PlacedRun, Integer> rowOf = new HashMap<>();
  private final Map<Integer, Integer> lastRead = new HashMap<>(); // by row: layer

  private record PlacedRun(int pair, Outcome.PatchedRow run) {}

  WaveRows(Wave wave) {
    this.length = wave.length();
    this.pairs = wave.pairs();
    this.patched = wave.rows();
    if (patched.stream().allMatch(row -> row.run().takesFrom().isEmpty())) {
      return;
    }
    for (int row = firstPatched(); row < count(); row++) {
      rowOf.put(new PlacedRun(pair(row), patched(row)), row);
    }
    for (int row = firstPatched(); row < count(); row++) {
      for (EffectivePatch patch : patched(row).patches()) {
        for (EffectivePatch.Written written : patch.written()) {
          if (written.value() instanceof EffectivePatch.Value.Row other) {
            lastRead.merge(row(row, other), patch.point().layer(), Math::max);
          }
        }
      }
    }
  }

  int length() {
    return length;
  }

  int count() {
    return firstPatched() + patched.size();
  }

  int firstPatched() {
    return BASE_ROWS * pairs.size();
  }

  List<Wave.Pair> pairs() {
    return pairs;
  }

  static int clean(int pair) {
    return BASE_ROWS * pair;
  }

  static int corrupted(int pair) {
    return BASE_ROWS * pair + 1;
  }

  Outcome.PatchedRow patched(int row) {
    return patched.get(row - firstPatched()).run();
  }

  /** Whether the row shares tokens of another: all do but the clean runs. */
  boolean hasParent(int row) {
    return row >= firstPatched() || row % BASE_ROWS != 0;
  }

  int parent(int row) {
    if (!hasParent(row)) {
      throw new IllegalStateException("A clean run shares no tokens");
    }
    if (row < firstPatched()) {
      return row - 1;
    }
    return denoises(row) ? corrupted(pair(row)) : clean(pair(row));
  }

  /** The row that values of {@code row} are taken from; constants are of none. */
  int owner(int row, EffectivePatch.Value value) {
    if (value instanceof EffectivePatch.Value.Source) {
      return source(row);
    }
    if (value instanceof EffectivePatch.Value.Row other) {
      return row(row, other);
    }
    return parent(row);
  }

  private int row(int row, EffectivePatch.Value.Row other) {
    Integer found = rowOf.get(new PlacedRun(pair(row), other.row()));
    if (found == null) {
      throw new IllegalStateException("The wave lacks a row that another takes values from");
    }
    return found;
  }

  /** Whether nothing is asked of a patched row behind the attention of a layer. */
  boolean leaves(int row, int layer) {
    return row >= firstPatched()
        && !patched.get(row - firstPatched()).wanted()
        && layer >= lastRead.getOrDefault(row, -1);
  }

  private int source(int row) {
    return denoises(row) ? clean(pair(row)) : corrupted(pair(row));
  }

  private int pair(int row) {
    return patched.get(row - firstPatched()).pair();
  }

  private boolean denoises(int row) {
    return patched(row).direction() == PatchDirection.DENOISING;
  }
}
