package org.patchgrid.aggregate;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.table.GroupKey;
import org.patchgrid.table.Grouping;
import org.patchgrid.table.Measure;
import org.patchgrid.table.StatusCounts;

/**
 * One group's values, one a pair of the study: the mean over the pair's sites that have one, in the
 * order of the sites. Only measurements with status {@code ok} have values; all are counted.
 */
final class GroupValues {
  private final GroupKey group;
  private final int sites;
  private final Map<CellStatus, int[]> counts = new EnumMap<>(CellStatus.class); // [pair]
  private final Means effect;
  private final Means recovery;
  private final Means total; // clean - corrupted
  private final Means restored; // patched - corrupted
  private final Means lost; // clean - patched

  /**
   * @param chunks in any order
   * @param pairs of the study
   */
  GroupValues(GroupKey group, List<MeasurementChunk> chunks, int pairs) {
    this.group = group;
    for (CellStatus status : CellStatus.values()) {
      counts.put(status, new int[pairs]);
    }
    this.effect = new Means(pairs);
    this.recovery = new Means(pairs);
    this.total = new Means(pairs);
    this.restored = new Means(pairs);
    this.lost = new Means(pairs);
    Set<String> names = new HashSet<>();
    BitSet seen = new BitSet(pairs);
    for (MeasurementChunk chunk :
        chunks.stream().sorted(Comparator.comparing(MeasurementChunk::site)).toList()) {
      names.add(chunk.site());
      for (int row = 0; row < chunk.size(); row++) {
        add(chunk, row, seen);
      }
    }
    this.sites = names.size();
    for (Means means : List.of(effect, recovery, total, restored, lost)) {
      means.divide();
    }
  }

  private void add(MeasurementChunk chunk, int row, BitSet seen) {
    int pair = chunk.pair(row);
    if (group.grouping() == Grouping.SITE && seen.get(pair)) {
      throw new IllegalStateException(
          "A pair was measured twice at " + group + ": the command verify says in which files");
    }
    seen.set(pair);
    CellStatus status = chunk.status(row);
    ofStatus(status)[pair]++;
    if (status != CellStatus.OK) {
      return;
    }
    effect.add(pair, chunk.effect(row));
    recovery.add(pair, chunk.recovery(row));
    total.add(pair, chunk.clean(row) - chunk.corrupted(row));
    restored.add(pair, chunk.patched(row) - chunk.corrupted(row));
    lost.add(pair, chunk.clean(row) - chunk.patched(row));
  }

  int sites() {
    return sites;
  }

  /** Of some pairs. */
  StatusCounts counts(int[] pairs) {
    return new StatusCounts(
        count(CellStatus.OK, pairs),
        count(CellStatus.BY_CONSTRUCTION, pairs),
        count(CellStatus.DEGENERATE_BASELINE, pairs),
        count(CellStatus.NO_BASELINE, pairs),
        count(CellStatus.NOT_FINITE, pairs),
        count(CellStatus.FAILED, pairs));
  }

  private int count(CellStatus status, int[] pairs) {
    int[] ofStatus = ofStatus(status);
    return Arrays.stream(pairs).map(pair -> ofStatus[pair]).sum();
  }

  private int[] ofStatus(CellStatus status) {
    return counts.getOrDefault(status, new int[0]);
  }

  /** What a measure is of some pairs; NaN where it is undefined. */
  double[] ratios(Measure measure, int[] pairs) {
    return (measure == Measure.EFFECT ? effect : recovery).of(pairs);
  }

  /**
   * The dividend of the measure's ratio, in the metric's own unit: patched - corrupted, and of the
   * effect of noising, which is 1 - recovery, clean - patched.
   */
  double[] indirect(Measure measure, int[] pairs) {
    boolean lostByNoising =
        measure == Measure.EFFECT
            && group.site().direction().equals(PatchDirection.NOISING.label());
    return (lostByNoising ? lost : restored).of(pairs);
  }

  /** The divisor of the ratios: clean - corrupted. */
  double[] total(int[] pairs) {
    return total.of(pairs);
  }

  /** A sum that becomes a mean, for each pair. */
  private static final class Means {
    private final double[] values; // [pair]
    private final int[] added;

    private Means(int pairs) {
      this.values = new double[pairs];
      this.added = new int[pairs];
    }

    private void add(int pair, double value) {
      if (!Double.isNaN(value)) {
        values[pair] += value;
        added[pair]++;
      }
    }

    private void divide() {
      for (int pair = 0; pair < values.length; pair++) {
        values[pair] = added[pair] == 0 ? Double.NaN : values[pair] / added[pair];
      }
    }

    private double[] of(int[] pairs) {
      return Arrays.stream(pairs).mapToDouble(pair -> values[pair]).toArray();
    }
  }
}
