package org.patchgrid.study;

import java.io.Serializable;
import java.util.Comparator;

/** One component of one layer: a place where a forward pass can be read and changed. */
public record HookPoint(Component component, int layer) implements Serializable {
  /** As a forward pass meets them. */
  public static final Comparator<HookPoint> FORWARD_ORDER =
      Comparator.comparingInt(HookPoint::layer).thenComparing(HookPoint::component);

  public HookPoint {
    if (layer < 0) {
      throw new IllegalArgumentException("Invalid layer: " + layer);
    }
  }

  @Override
  public String toString() {
    return component + " at layer " + layer;
  }
}
