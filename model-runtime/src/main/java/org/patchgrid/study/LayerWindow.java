package org.patchgrid.study;

import java.io.Serializable;

/** The layers {@code first} (inclusive) to {@code end} (exclusive), patched together. */
public record LayerWindow(int first, int end) implements Serializable {
  public LayerWindow {
    if (first < 0 || end <= first) {
      throw new IllegalArgumentException("Invalid layer window: [" + first + ", " + end + ")");
    }
  }

  /**
   * The window of {@code width} layers around {@code layer}, cut off at the ends of the model: from
   * {@code max(0, l - floor(w/2))} to {@code min(L, l + ceil(w/2))}, exclusive.
   */
  public static LayerWindow around(int layer, int width, int layers) {
    if (width < 1) {
      throw new IllegalArgumentException("Invalid window width: " + width);
    }
    return new LayerWindow(
        Math.max(0, layer - width / 2), Math.min(layers, layer + (width + 1) / 2));
  }

  public boolean contains(int layer) {
    return first <= layer && layer < end;
  }
}
