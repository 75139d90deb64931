package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import java.util.Optional;
import org.patchgrid.study.Kernel;

/**
 * Operations of a forward pass that have more than one kernel. Values are [token, width]; results
 * belong to the manager of the first argument and have its number type. Stateless: threads may
 * share it.
 */
public interface TensorOps {
  Kernel kernel();

  /**
   * Prepares a linear map.
   *
   * @param weight [out, in]; of no more use to the map where the kernel {@link Kernel#packsWeights}
   * @param bias [out]
   */
  Linear linear(NDArray weight, Optional<NDArray> bias);

  /** {@link #linear} without a bias for values that are float32 whatever the layers compute in. */
  default Linear wideLinear(NDArray weight) {
    return linear(weight, Optional.empty());
  }

  /** From float32 to the layers' number type; the same array where that is float32. */
  default NDArray narrow(NDArray x) {
    return x;
  }

  /** From the layers' number type to float32; the same array where that is float32. */
  default NDArray wide(NDArray x) {
    return x;
  }

  /**
   * Root mean square norm: {@code weight * x / sqrt(mean(x^2) + epsilon)} over the width.
   *
   * @param weight [width]
   * @param epsilon []
   */
  NDArray rmsNorm(NDArray x, NDArray weight, NDArray epsilon);

  /**
   * Layer norm: {@code weight * (x - mean(x)) / sqrt(variance(x) + epsilon) + bias} over the width.
   *
   * @param weight [width]
   * @param bias [width]
   * @param epsilon []
   */
  NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, NDArray epsilon);

  /** Over the last axis. */
  default NDArray softmax(NDArray x) {
    return x.softmax(-1);
  }

  /**
   * Rotary position embedding: pairs of dimensions, (a, b), become {@code (a cos - b sin, b cos + a
   * sin)}.
   *
   * @param x [token, head, dimensions that turn]
   * @param cosine [token, 1, dimensions that turn], as is {@code sine}
   */
  NDArray rotated(RotaryPairs pairs, NDArray x, NDArray cosine, NDArray sine);

  NDArray activated(Activation activation, NDArray x);

  /** {@code activation(gate) * up}. */
  NDArray gated(Activation activation, NDArray gate, NDArray up);

  /**
   * {@code cap * tanh(x / cap)}, of any shape.
   *
   * @param x may be overwritten and is of no more use: scores of long prompts are large
   * @param cap []
   */
  NDArray softCap(NDArray x, NDArray cap);
}
