package org.patchgrid.experiment;

/**
 * How near two ways to compute the same runs are to each other.
 *
 * @param largestDifference between two values of what the unembedding reads
 */
public record Agreement(boolean sameBits, double largestDifference) {
  static final Agreement FULL = new Agreement(true, 0);

  static Agreement of(float[] actual, float[] expected) {
    return LargestDifference.between(actual, expected)
        .map(difference -> new Agreement(false, difference.size()))
        .orElse(FULL);
  }

  Agreement and(Agreement other) {
    return new Agreement(
        sameBits && other.sameBits, Math.max(largestDifference, other.largestDifference));
  }
}
