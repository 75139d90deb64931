package org.patchgrid.family;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import org.patchgrid.kernel.Linear;

/**
 * Gives a checkpoint's tensors to a family, as float32 arrays that the model owns. One that is
 * missing, or has another shape than is asked for, is a {@link
 * org.patchgrid.study.PatchgridException}.
 */
public interface TensorLoader {
  boolean has(String name);

  NDArray tensor(String name, long... shape);

  /** As it is stored; of a quantised tensor, of its values. */
  List<Long> shape(String name);

  /** The outputs first. */
  NDArray tensor(TensorRows rows);

  /** One plus the tensor. */
  NDArray onePlus(String name, long... shape);

  /** Whether two tensors of the checkpoint have the same shape and values, bit for bit. */
  boolean sameValues(String first, String second);

  /**
   * A linear map with these weights.
   *
   * @param weight [out, in], a tensor of this loader that nothing else uses
   * @param bias [out]
   */
  Linear linear(NDArray weight, Optional<NDArray> bias);

  /**
   * A linear map of float32 values with weights that are also read in another way, and stay as they
   * are.
   *
   * @param weight [out, in], a tensor of this loader
   */
  Linear linearOfShared(NDArray weight);
}
