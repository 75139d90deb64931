package org.patchgrid.study;

/** One component of one layer: a place where a forward pass can be read and changed. */
public record HookPoint(Component component, int layer) {
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
