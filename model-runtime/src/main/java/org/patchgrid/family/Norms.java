package org.patchgrid.family;

import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.NormConfig;

/** Reads what norms add before they divide. */
final class Norms {
  private Norms() {}

  static NormConfig rms(ConfigFile config, double otherwise) {
    return NormConfig.rms(epsilon(config, "rms_norm_eps", otherwise));
  }

  static NormConfig layer(ConfigFile config, String key, double otherwise) {
    return NormConfig.layer(epsilon(config, key, otherwise));
  }

  private static double epsilon(ConfigFile config, String key, double otherwise) {
    double epsilon = config.number(key).orElse(otherwise);
    if (epsilon < 0) {
      throw config.invalid(key, "it must not be negative");
    }
    return epsilon;
  }
}
