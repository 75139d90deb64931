package org.patchgrid.experiment;

import java.util.Arrays;

/**
 * How near two ways to compute the same runs are to each other.
 *
 * @param largestDifference between two values of what the unembedding reads
 */
public record Agreement(boolean sameBits, double largestDifference) {
  static final Agreement FULL = new Agreement(true, 0);

  static Agreement of(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new IllegalArgumentException(
          "Cannot compare %d values with %d".formatted(actual.length, expected.length));
    }
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
    }
    return new Agreement(Arrays.equals(actual, expected), largest);
  }

  Agreement and(Agreement other) {
    return new Agreement(
        sameBits && other.sameBits, Math.max(largestDifference, other.largestDifference));
  }
}
