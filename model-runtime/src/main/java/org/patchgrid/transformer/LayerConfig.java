package org.patchgrid.transformer;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the attention of one layer computes that another's may not.
 *
 * @param scale what products of queries and keys are multiplied by
 * @param rotary how queries and keys turn by their positions, if they do
 * @param window how many positions a query sees, its own included; empty for all before it
 */
public record LayerConfig(double scale, Optional<RotaryConfig> rotary, OptionalInt window) {
  public LayerConfig {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("Invalid attention scale: " + scale);
    }
    if (window.isPresent() && window.getAsInt() < 1) {
      throw new IllegalArgumentException("Invalid attention window: " + window.getAsInt());
    }
  }
}
