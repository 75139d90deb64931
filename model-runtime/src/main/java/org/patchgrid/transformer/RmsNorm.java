package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import org.patchgrid.kernel.TensorOps;

/**
 * Root mean square norm: {@code weight * x / sqrt(mean(x^2) + epsilon)} over the last axis.
 *
 * @param weight [d_model]
 * @param epsilon []
 */
record RmsNorm(TensorOps ops, NDArray weight, NDArray epsilon) {
  /** [token, d_model], as is the result. */
  NDArray forward(NDArray x) {
    return ops.rmsNorm(x, weight, epsilon);
  }
}
