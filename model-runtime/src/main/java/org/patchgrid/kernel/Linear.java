package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;

/** A linear map with its weights in the form that its kernel wants. Threads may share it. */
@FunctionalInterface
public interface Linear {
  /** From [token, in] to [token, out]; the result belongs to the manager of {@code x}. */
  NDArray apply(NDArray x);
}
