package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * A norm of queries or keys: over each head, or over all of them.
 *
 * @param width of what is normed together
 */
record HeadNorm(Norm norm, long width) {
  /** [token, heads * head width], as is the result. */
  NDArray forward(NDArray x) {
    Shape shape = x.getShape();
    return norm.forward(x.reshape(-1, width)).reshape(shape);
  }
}
