package org.patchgrid.transformer;

import static org.patchgrid.study.Component.ACT;
import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.GATE_PROJ;
import static org.patchgrid.study.Component.UP_PROJ;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.List;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.Activation;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;

/**
 * An MLP: gated, {@code down(activation(gate(x)) * up(x))}, or plain, {@code
 * down(activation(up(x)))}.
 */
record Mlp(int layer, TensorOps ops, Activation activation, MlpWeights weights) {
  /**
   * So many tokens go through an MLP at once where nobody looks inside: a processor's cache may
   * hold what they come to, and products of so many rows are as fast as larger ones.
   */
  private static final int TOKENS_AT_ONCE = 512;

  private static final List<Component> INSIDE = List.of(GATE_PROJ, UP_PROJ, ACT);

  /** From what feeds the MLP, [token, d_model], to its output projection. */
  NDArray forward(NDArray x, Hooks hooks) {
    return hooks.at(DOWN_PROJ, layer, isWatched(hooks) ? down(x, hooks) : byRanges(x));
  }

  private boolean isWatched(Hooks hooks) {
    return INSIDE.stream().anyMatch(inside -> hooks.watches(new HookPoint(inside, layer)));
  }

  private NDArray byRanges(NDArray x) {
    long tokens = x.getShape().get(0);
    long ranges = (tokens + TOKENS_AT_ONCE - 1) / TOKENS_AT_ONCE;
    if (ranges <= 1 || x.getDevice().isGpu()) { // there starting an operation costs more
      return down(x, Hooks.NONE);
    }
    NDList results = new NDList();
    for (long range = 0; range < ranges; range++) {
      NDArray some = x.get("{}:{}", range * tokens / ranges, (range + 1) * tokens / ranges);
      results.add(Lifetime.inPlaceOf(some, part -> down(part, Hooks.NONE)));
    }
    return NDArrays.concat(results);
  }

  /** [token, d_model]. */
  private NDArray down(NDArray x, Hooks hooks) {
    return weights.down().apply(hooks.at(ACT, layer, activated(x, hooks)));
  }

  private NDArray activated(NDArray x, Hooks hooks) {
    if (weights.gate().isEmpty()) {
      return ops.activated(activation, hooks.at(UP_PROJ, layer, weights.up().apply(x)));
    }
    NDArray gate = hooks.at(GATE_PROJ, layer, weights.gate().get().apply(x)); // [token, d_mlp]
    NDArray up = hooks.at(UP_PROJ, layer, weights.up().apply(x)); // [token, d_mlp]
    return ops.gated(activation, hooks.now(gate), up);
  }
}
