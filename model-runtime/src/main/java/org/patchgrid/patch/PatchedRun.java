package org.patchgrid.patch;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchDirection;

/**
 * A run and all that is written into it.
 *
 * @param patches at least one; of those at one hook point a later one is written over an earlier
 */
public record PatchedRun(PatchDirection direction, List<Patch> patches) {
  public PatchedRun {
    patches = List.copyOf(patches);
    if (patches.isEmpty()) {
      throw new IllegalArgumentException("A run without patches is its target run");
    }
  }

  /** Whole forward passes that it takes by itself: one, and those of runs that it takes from. */
  public int passes() {
    return 1
        + patches.stream()
            .map(Patch::origin)
            .filter(Origin.Run.class::isInstance)
            .map(origin -> ((Origin.Run) origin).run())
            .distinct()
            .mapToInt(PatchedRun::passes)
            .sum();
  }

  /** The hook points where it, or a run that it takes from, needs the values of a base run. */
  public Set<HookPoint> points(Origin base) {
    Set<HookPoint> points = new HashSet<>();
    for (Patch patch : patches) {
      if (patch.origin().equals(base)) {
        points.add(patch.point());
      }
      if (patch.origin() instanceof Origin.Run other) {
        points.addAll(other.run().points(base));
      }
    }
    return points;
  }
}
