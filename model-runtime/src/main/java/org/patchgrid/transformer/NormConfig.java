package org.patchgrid.transformer;

/**
 * The norms of a model.
 *
 * @param epsilon added to the mean square or the variance inside every norm
 * @param addsOne whether a weight is stored as its difference from one
 * @param behindSublayers whether what attention and MLP put out is normed before it is added to the
 *     residual stream
 */
public record NormConfig(Kind kind, double epsilon, boolean addsOne, boolean behindSublayers) {
  public enum Kind {
    /** By the root mean square. */
    RMS,
    /** By mean and variance, with a bias. */
    LAYER
  }

  public NormConfig {
    if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException("Invalid norm epsilon: " + epsilon);
    }
  }

  public static NormConfig rms(double epsilon) {
    return new NormConfig(Kind.RMS, epsilon, false, false);
  }

  public static NormConfig layer(double epsilon) {
    return new NormConfig(Kind.LAYER, epsilon, false, false);
  }

  /** The same with a norm behind attention and MLP. */
  public NormConfig withNormsBehindSublayers() {
    return new NormConfig(kind, epsilon, addsOne, true);
  }

  /** The same with weights that are stored as differences from one. */
  public NormConfig withWeightsFromOne() {
    return new NormConfig(kind, epsilon, true, behindSublayers);
  }
}
