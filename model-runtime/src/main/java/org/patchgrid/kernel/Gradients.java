package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * The way back through a forward pass. What one thread computes inside {@link #recorded} leads from
 * its results to its {@link #variable}s; DJL's own collector allows one a process.
 */
public final class Gradients {
  private Gradients() {}

  /**
   * From here on this thread computes without a way back. A new thread does not: whatever a
   * caller's thread may enter by says so first.
   */
  public static void stop() {
    JniUtils.setGradMode(false);
  }

  /** What {@code forward} returns, with the way back from it. */
  public static <T> T recorded(Supplier<T> forward) {
    JniUtils.setGradMode(true);
    try {
      return forward.get();
    } finally {
      stop();
    }
  }

  /** Zeros of the shape and in the manager of {@code like}, with a gradient of their own. */
  public static NDArray variable(NDArray like) {
    NDArray zeros = like.getManager().zeros(like.getShape(), like.getDataType());
    JniUtils.attachGradient((PtNDArray) zeros, true);
    return zeros;
  }

  /** The same numbers in the same memory, without the way back. */
  public static NDArray detached(NDArray x) {
    return JniUtils.detachGradient((PtNDArray) x);
  }

  /**
   * Goes back from a result and adds to the gradients of all variables.
   *
   * @param gradient of what is derived with respect to {@code result}, of its shape
   * @param again whether one will go back from it once more
   */
  public static void backward(NDArray result, NDArray gradient, boolean again) {
    JniUtils.backward((PtNDArray) result, (PtNDArray) gradient, again, false);
  }

  /** The gradient that a variable has by now; an array of its manager. */
  public static NDArray of(NDArray variable) {
    return JniUtils.getGradient((PtNDArray) variable);
  }

  public static void clear(NDArray variable) {
    JniUtils.zeroGrad((PtNDArray) variable);
  }
}
