package org.patchgrid.study;

import java.io.Serializable;

/** A component of one layer, or a head of it: {@code mlp@3}, {@code self_attn.z@9.6}. */
public record SitePlace(Component component, int layer, HeadSelection heads)
    implements Serializable {
  public SitePlace {
    if (layer < 0) {
      throw new IllegalArgumentException("Invalid layer: " + layer);
    }
    if (heads instanceof HeadSelection.One && component.headAxis() == HeadAxis.NONE) {
      throw new IllegalArgumentException(component + " has no heads");
    }
  }

  /** Where it is in a forward pass, all of its heads together. */
  public HookPoint point() {
    return new HookPoint(component, layer);
  }

  @Override
  public String toString() {
    String place = component.roleName() + "@" + layer;
    return heads instanceof HeadSelection.One one ? place + "." + one.head() : place;
  }
}
