package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import java.util.Optional;
import org.patchgrid.study.Kernel;

/**
 * Operations of a forward pass that have more than one kernel. Values are [token, width] float32;
 * results belong to the manager of the first argument. Stateless: threads may share it.
 */
public interface TensorOps {
  /** Which kernels these are. */
  Kernel kernel();

  /**
   * Prepares a linear map.
   *
   * @param weight [out, in]; of no more use to the map where the kernel {@link Kernel#packsWeights}
   * @param bias [out]
   */
  Linear linear(NDArray weight, Optional<NDArray> bias);

  /**
   * Root mean square norm: {@code weight * x / sqrt(mean(x^2) + epsilon)} over the width.
   *
   * @param weight [width]
   * @param epsilon []
   */
  NDArray rmsNorm(NDArray x, NDArray weight, NDArray epsilon);

  /** {@code silu(gate) * up}. */
  NDArray gatedSilu(NDArray gate, NDArray up);
}
