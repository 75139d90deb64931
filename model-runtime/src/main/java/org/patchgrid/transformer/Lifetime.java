package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.function.UnaryOperator;

/** Frees arrays before the layer ends that made them. */
final class Lifetime {
  private Lifetime() {}

  /**
   * What {@code steps} make of {@code x}. The result takes the place of {@code x} in its manager;
   * {@code x} is closed, and so is all that the steps made on the way (an array belongs to the
   * manager of its first operand).
   */
  static NDArray inPlaceOf(NDArray x, UnaryOperator<NDArray> steps) {
    NDManager owner = x.getManager();
    try (NDManager scope = owner.newSubManager()) {
      x.attach(scope);
      NDArray result = steps.apply(x);
      result.attach(owner);
      return result;
    }
  }

  /** The same for an {@code x} that is needed afterwards: all else is closed. */
  static NDArray beside(NDArray x, UnaryOperator<NDArray> steps) {
    NDManager owner = x.getManager();
    return inPlaceOf(
        x,
        kept -> {
          NDArray result = steps.apply(kept);
          kept.attach(owner);
          return result;
        });
  }
}
