package org.patchgrid.transformer;

import static org.patchgrid.study.Component.ACT;
import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.GATE_PROJ;
import static org.patchgrid.study.Component.UP_PROJ;

import ai.djl.ndarray.NDArray;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.Activation;
import org.patchgrid.kernel.TensorOps;

/**
 * An MLP: gated, {@code down(activation(gate(x)) * up(x))}, or plain, {@code
 * down(activation(up(x)))}.
 */
record Mlp(int layer, TensorOps ops, Activation activation, MlpWeights weights) {
  /** From what feeds the MLP, [token, d_model], to its output projection. */
  NDArray forward(NDArray x, Hooks hooks) {
    NDArray act = hooks.at(ACT, layer, activated(x, hooks)); // [token, d_mlp]
    return hooks.at(DOWN_PROJ, layer, weights.down().apply(act)); // [token, d_model]
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
