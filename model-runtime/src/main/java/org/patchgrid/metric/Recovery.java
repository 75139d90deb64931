package org.patchgrid.metric;

import java.util.OptionalDouble;

/**
 * How much of the difference between clean and corrupted run a patch makes up for: {@code (patched
 * - corrupted) / (clean - corrupted)}, a fraction, for every metric and in both directions.
 */
public final class Recovery {
  /** Baselines closer than this, relative to their size and at least absolutely, are equal. */
  private static final double RELATIVE_TOLERANCE = 1e-6;

  private Recovery() {}

  /** Whether clean and corrupted value are too close for a ratio to mean anything. */
  public static boolean isDegenerate(double clean, double corrupted) {
    double scale = Math.max(1, Math.max(Math.abs(clean), Math.abs(corrupted)));
    return Math.abs(clean - corrupted) <= RELATIVE_TOLERANCE * scale;
  }

  /** Empty where the baseline is degenerate. */
  public static OptionalDouble of(double clean, double corrupted, double patched) {
    if (isDegenerate(clean, corrupted)) {
      return OptionalDouble.empty();
    }
    // + 0.0 turns a negative zero into zero, so that equal values have equal bytes
    return OptionalDouble.of((patched - corrupted) / (clean - corrupted) + 0.0);
  }
}
