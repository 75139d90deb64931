package org.patchgrid.patch;

import java.util.BitSet;
import org.patchgrid.study.Component;
import org.patchgrid.study.TokenSpan;

/**
 * Which patches give the source run's logits whatever the weights are (status {@code
 * by_construction}): decided from the structure and the differing inputs alone, never by comparing
 * floats.
 *
 * <p>Runs agree at every position before the first differing one (causality). So a residual stream
 * patched from there to the end is the source run's everywhere. In the last layer only the last
 * position is read, and what follows {@code resid_mid} there looks at no other. Before the first
 * layer only the differing positions differ. What else is written of the source run changes nothing
 * about that.
 */
public final class ForcedOutcome {
  private final int layers;
  private final int length;
  private final BitSet differing;

  public ForcedOutcome(PairCells pair, int layers) {
    this.layers = layers;
    this.length = pair.length();
    this.differing = pair.differing();
  }

  /** Whether {@code run} of this pair is the source run by construction. */
  public boolean applies(PatchedRun run) {
    return run.patches().stream().allMatch(patch -> patch.origin().equals(Origin.SOURCE))
        && run.patches().stream().anyMatch(this::forces);
  }

  private boolean forces(Patch patch) {
    Component component = patch.point().component();
    if (!component.isResidualStream()) {
      return false;
    }
    TokenSpan span = patch.span(length);
    int layer = patch.point().layer();
    if (coversAllThatDiffers(span)) {
      return true;
    }
    if (component != Component.RESID_PRE && layer == layers - 1 && span.contains(length - 1)) {
      return true;
    }
    return component == Component.RESID_PRE
        && layer == 0
        && differing.stream().allMatch(span::contains);
  }

  /** Whether every position from the first differing one on is patched. */
  private boolean coversAllThatDiffers(TokenSpan span) {
    int firstDifference = differing.isEmpty() ? 0 : differing.nextSetBit(0);
    return span.start() <= firstDifference && span.end() == length;
  }
}
