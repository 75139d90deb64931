package org.patchgrid.experiment;

import java.util.BitSet;
import java.util.Comparator;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;

/**
 * One layer's part of a patch, cut down to the positions where writing the source's value can
 * change anything.
 *
 * @param positions at least one; not to be changed
 */
record EffectivePatch(HookPoint point, BitSet positions, HeadSelection heads) {
  /** As a forward pass meets them. */
  static final Comparator<EffectivePatch> FORWARD_ORDER =
      Comparator.comparingInt((EffectivePatch patch) -> patch.point().layer())
          .thenComparing(patch -> patch.point().component());

  EffectivePatch {
    if (positions.isEmpty()) {
      throw new IllegalArgumentException("A patch without positions changes nothing: " + point);
    }
  }
}
