package org.patchgrid.hook;

import ai.djl.ndarray.NDArray;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;

/**
 * Sees every value of a forward pass that has a name, and says what the pass goes on with.
 *
 * <p>Values are [token, width], heads side by side in the width; a head of an attention pattern has
 * a number for each key position.
 */
@FunctionalInterface
public interface Hooks {
  /** A forward pass that is only run. */
  Hooks NONE =
      new Hooks() {
        @Override
        public NDArray at(HookPoint point, NDArray value) {
          return value;
        }

        @Override
        public boolean watches(HookPoint point) {
          return false;
        }
      };

  /**
   * The value to go on with: {@code value} itself, or one of the same width with other content or
   * with more tokens. Never changes {@code value} in place, and may close it if it returns another:
   * the pass goes on with the result alone.
   */
  NDArray at(HookPoint point, NDArray value);

  /**
   * Whether {@link #at} has anything to do at this point. Where it has not, a pass may do without
   * the value, and then does not come to the point: attention needs no whole pattern for itself.
   */
  default boolean watches(HookPoint point) {
    return true;
  }

  /**
   * The embeddings to go on with, [token, d_model], float32: scaled where the model does that,
   * before learned positions are added. May be changed in place.
   */
  default NDArray embedded(NDArray value) {
    return value;
  }

  /** {@link #at(HookPoint, NDArray)}, as a forward pass reads best. */
  default NDArray at(Component component, int layer, NDArray value) {
    return at(new HookPoint(component, layer), value);
  }

  /**
   * What an earlier result of {@link #at} is for the tokens that the pass has by now: the same,
   * unless hooks in between have let tokens join or leave.
   */
  default NDArray now(NDArray earlier) {
    return earlier;
  }
}
