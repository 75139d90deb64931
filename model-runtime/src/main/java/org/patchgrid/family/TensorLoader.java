package org.patchgrid.family;

import ai.djl.ndarray.NDArray;

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
}
