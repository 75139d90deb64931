package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.core.Linear;
import java.util.Optional;

/**
 * A linear map.
 *
 * @param weight [out, in]
 * @param bias [out]
 */
public record LinearWeights(NDArray weight, Optional<NDArray> bias) {
  /** From [row, position, in] to [row, position, out]. */
  NDArray apply(NDArray x) {
    return Linear.linear(x, weight, bias.orElse(null)).singletonOrThrow();
  }
}
