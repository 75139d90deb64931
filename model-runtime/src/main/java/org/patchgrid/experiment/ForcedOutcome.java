package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.List;
import org.patchgrid.study.Component;
import org.patchgrid.study.LayerWindow;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/**
 * Which patches give the source run's logits whatever the weights are (status {@code
 * by_construction}): decided from the structure and the differing ids alone, never by comparing
 * floats.
 *
 * <p>Runs agree at every position before the first differing one (causality). So a residual stream
 * patched from there to the end is the source run's everywhere. In the last layer only the last
 * position is read, and what follows {@code resid_mid} there looks at no other. Before the first
 * layer only the differing positions differ.
 */
final class ForcedOutcome {
  private final int layers;
  private final int length;
  private final List<Integer> differing;

  ForcedOutcome(TokenizedPair pair, int layers) {
    this.layers = layers;
    this.length = pair.clean().length();
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      if (!pair.clean().ids().get(i).equals(pair.corrupted().ids().get(i))) {
        positions.add(i);
      }
    }
    this.differing = List.copyOf(positions);
  }

  /** Whether {@code cell} of this pair is the source run by construction. */
  boolean applies(PatchedCell cell) {
    Component component = cell.cell().component();
    if (!component.isResidualStream()) {
      return false;
    }
    TokenSpan span = cell.span(length);
    LayerWindow window = cell.layers();
    if (coversAllThatDiffers(span)) {
      return true;
    }
    if (component != Component.RESID_PRE
        && window.contains(layers - 1)
        && span.contains(length - 1)) {
      return true;
    }
    return component == Component.RESID_PRE
        && window.contains(0)
        && differing.stream().allMatch(span::contains);
  }

  /** Whether every position from the first differing one on is patched. */
  private boolean coversAllThatDiffers(TokenSpan span) {
    int firstDifference = differing.isEmpty() ? 0 : differing.get(0);
    return span.start() <= firstDifference && span.end() == length;
  }
}
