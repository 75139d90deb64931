package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;

/** Root mean square norm: {@code weight * x / sqrt(mean(x^2) + epsilon)} over the last axis. */
final class RmsNorm {
  private static final int[] LAST_AXIS = {-1};

  private final NDArray weight; // [d_model]
  private final NDArray epsilon; // []

  RmsNorm(NDArray weight, NDArray epsilon) {
    this.weight = weight;
    this.epsilon = epsilon;
  }

  /** [row, position, d_model], as is the result. */
  NDArray forward(NDArray x) {
    NDArray rootMeanSquare = x.square().mean(LAST_AXIS, true).add(epsilon).sqrt();
    return x.div(rootMeanSquare).mul(weight);
  }
}
