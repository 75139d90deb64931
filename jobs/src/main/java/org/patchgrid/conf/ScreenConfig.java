package org.patchgrid.conf;

import org.patchgrid.metric.Metric;
import org.patchgrid.study.PatchValue;

/**
 * A sweep that measures only what looks large: every place is estimated by its attribution, those
 * with the largest estimates are measured on every pair, and all of them on a sample of pairs,
 * which shows what the screen has missed.
 *
 * <p>The sweep's name is that of the measurements; {@link #estimates} and {@link #sampled} name the
 * other two.
 *
 * @param top how many places are measured on every pair, in each direction
 * @param sample on how many pairs all places are measured
 * @param metric whose estimated change, without its sign, ranks places by its mean over pairs
 * @param steps of the attribution, as {@link PatchValue.Attribution} has them
 * @param seed of the sample
 */
public record ScreenConfig(Amount top, Amount sample, Metric metric, int steps, long seed) {
  public static final Amount DEFAULT_AMOUNT = new Amount.Share(0.05);
  public static final long DEFAULT_SEED = 1;

  private static final String ESTIMATES = ".screen";
  private static final String SAMPLED = ".sample";

  /** The sweep of the estimates. */
  public static String estimates(String sweep) {
    return sweep + ESTIMATES;
  }

  /** The sweep of the pairs on which every place is measured. */
  public static String sampled(String sweep) {
    return sweep + SAMPLED;
  }
}
