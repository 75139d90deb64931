package org.patchgrid.experiment;

import java.util.Optional;

/**
 * Where two vectors differ most.
 *
 * @param size how much; infinite if only one of the values is a number
 */
record LargestDifference(int index, float found, float expected, double size) {

  /** The first one of the largest; empty if every value has the same bits. */
  static Optional<LargestDifference> between(float[] found, float[] expected) {
    if (found.length != expected.length) {
      throw new IllegalArgumentException(
          "Vectors of %d and %d values".formatted(found.length, expected.length));
    }
    Optional<LargestDifference> largest = Optional.empty();
    for (int i = 0; i < expected.length; i++) {
      if (Float.compare(found[i], expected[i]) == 0) {
        continue;
      }
      double size = size(found[i], expected[i]);
      if (largest.isEmpty() || size > largest.get().size()) {
        largest = Optional.of(new LargestDifference(i, found[i], expected[i], size));
      }
    }
    return largest;
  }

  private static double size(float found, float expected) {
    double size = Math.abs((double) found - expected);
    return Double.isNaN(size) ? Double.POSITIVE_INFINITY : size;
  }
}
