package org.patchgrid.study;

import java.nio.charset.StandardCharsets;

/**
 * Standard normal noise that is a function of seed, pair, sample, position and dimension, and of
 * nothing else: whoever asks, in whatever order, sees the same numbers, so every cell of a pair has
 * the same corrupted runs.
 *
 * <p>SplitMix64's finalizer chains the five into 64 bits, two more of its values are the uniform
 * numbers of Box and Muller. {@link StrictMath} makes the last step, so that the bits do not depend
 * on the machine.
 */
public final class GaussianNoise {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;
  private static final double TWO_TO_MINUS_53 = 0x1p-53;

  private GaussianNoise() {}

  /**
   * One value.
   *
   * @param pairId hashed by its UTF-8 bytes; may be empty
   * @param position of the token in the prompt, BOS included
   */
  public static double value(long seed, String pairId, long sample, int position, int dimension) {
    return value(row(seed, pairId, sample, position), dimension);
  }

  /** Adds to {@code row[d]} the value of dimension {@code d} times {@code scale}, for all of it. */
  public static void addTo(
      float[] row, double scale, long seed, String pairId, long sample, int position) {
    long hash = row(seed, pairId, sample, position);
    for (int dimension = 0; dimension < row.length; dimension++) {
      row[dimension] = (float) (row[dimension] + scale * value(hash, dimension));
    }
  }

  private static long row(long seed, String pairId, long sample, int position) {
    long hash = mix(seed);
    hash = mix(hash ^ fnv1a(pairId));
    hash = mix(hash ^ sample);
    return mix(hash ^ position);
  }

  private static double value(long row, int dimension) {
    long hash = mix(row ^ dimension);
    double u = ((mix(hash ^ 1) >>> 11) + 0.5) * TWO_TO_MINUS_53;
    double v = (mix(hash ^ 2) >>> 11) * TWO_TO_MINUS_53;
    return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * StrictMath.PI * v);
  }

  private static long mix(long value) {
    long z = value + GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long fnv1a(String text) {
    long hash = FNV_OFFSET;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * FNV_PRIME;
    }
    return hash;
  }
}
