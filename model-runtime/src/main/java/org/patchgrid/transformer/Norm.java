package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import org.patchgrid.kernel.TensorOps;

/**
 * A norm over the last axis, of the kind that its weights are of.
 *
 * @param epsilon []
 */
record Norm(TensorOps ops, NormWeights weights, NDArray epsilon) {
  /** [token, width], as is the result. */
  NDArray forward(NDArray x) {
    return weights.bias().isPresent()
        ? ops.layerNorm(x, weights.weight(), weights.bias().get(), epsilon)
        : ops.rmsNorm(x, weights.weight(), epsilon);
  }
}
