package org.patchgrid.wave;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchDirection;

/** What a patched run comes to, as far as structure and the differing ids alone can tell. */
public sealed interface Outcome {
  /** Which run is patched into. */
  PatchDirection direction();

  /** Nothing that is written reaches the answer: exactly the run patched into. */
  record TargetRun(PatchDirection direction) implements Outcome {}

  /** The run that the activation comes from (status {@code by_construction}). */
  record SourceRun(PatchDirection direction) implements Outcome {}

  /**
   * A run to compute. Patches that must give the same numbers have equal rows.
   *
   * @param patches in forward order, at least one
   */
  record PatchedRow(PatchDirection direction, List<EffectivePatch> patches)
      implements Outcome, Comparable<PatchedRow> {
    private static final Comparator<PatchedRow> JOINING_ORDER =
        Comparator.comparing(row -> row.join().point(), HookPoint.FORWARD_ORDER);

    public PatchedRow {
      patches = List.copyOf(patches);
      if (patches.isEmpty()) {
        throw new IllegalArgumentException("A row without patches is its target run");
      }
    }

    /** Where it begins to differ from its target run. */
    EffectivePatch join() {
      return patches.get(0);
    }

    /** The first position that it writes to: all before it is the target run's. */
    int firstPosition() {
      return patches.stream().mapToInt(p -> p.positions().nextSetBit(0)).min().orElseThrow();
    }

    /** Tokens that differ from the target run's once the difference has spread. */
    int tokens(int length) {
      return length - firstPosition();
    }

    Set<PatchedRow> takesFrom() {
      Set<PatchedRow> rows = new LinkedHashSet<>();
      for (EffectivePatch patch : patches) {
        for (EffectivePatch.Written written : patch.written()) {
          if (written.value() instanceof EffectivePatch.Value.Row other) {
            rows.add(other.row());
          }
        }
      }
      return rows;
    }

    /** The row and all that it takes values from, directly or not, those first. */
    Set<PatchedRow> withThoseItTakesFrom() {
      Set<PatchedRow> rows = new LinkedHashSet<>();
      takesFrom().forEach(other -> rows.addAll(other.withThoseItTakesFrom()));
      rows.add(this);
      return rows;
    }

    @Override
    public int compareTo(PatchedRow other) {
      return JOINING_ORDER.compare(this, other);
    }
  }
}
