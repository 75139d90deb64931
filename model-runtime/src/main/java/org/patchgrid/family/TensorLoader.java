package org.patchgrid.family;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import org.patchgrid.kernel.Linear;

/** Gives a checkpoint's tensors to a family, as float32 arrays that the model owns. */
public interface TensorLoader {
  /** Whether the checkpoint holds this tensor. */
  boolean has(String name);

  /**
   * The tensor of this name and shape.
   *
   * @throws org.patchgrid.study.PatchgridException if it is missing or has another shape
   */
  NDArray tensor(String name, long... shape);

  /**
   * The shape of a tensor as it is stored; of a quantised one, of its values.
   *
   * @throws org.patchgrid.study.PatchgridException if it is missing
   */
  List<Long> shape(String name);

  /**
   * Some rows of a tensor, the outputs first.
   *
   * @throws org.patchgrid.study.PatchgridException if it is missing or has another shape
   */
  NDArray tensor(TensorRows rows);

  /**
   * One plus the tensor of this name and shape.
   *
   * @throws org.patchgrid.study.PatchgridException if it is missing or has another shape
   */
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
