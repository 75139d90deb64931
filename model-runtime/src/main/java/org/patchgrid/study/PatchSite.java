package org.patchgrid.study;

import java.io.Serializable;

/**
 * Where one patch goes, before a pair gives its positions a meaning.
 *
 * @param layer the layer the result is stored under
 * @param window how many layers around {@code layer} are patched together
 */
public record PatchSite(
    Component component, int layer, int window, HeadSelection heads, Positions positions)
    implements Serializable {
  public PatchSite {
    if (layer < 0) {
      throw new IllegalArgumentException("Invalid layer: " + layer);
    }
    if (window < 1) {
      throw new IllegalArgumentException("Invalid window: " + window);
    }
    if (heads instanceof HeadSelection.One && component.headAxis() == HeadAxis.NONE) {
      throw new IllegalArgumentException(component + " has no heads");
    }
  }
}
