package org.patchgrid.transformer;

import static org.patchgrid.study.Component.ACT;
import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.GATE_PROJ;
import static org.patchgrid.study.Component.UP_PROJ;

import ai.djl.ndarray.NDArray;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.TensorOps;

/** A gated MLP with SiLU: {@code down(silu(gate(x)) * up(x))}. */
final class Mlp {
  private final int layer;
  private final TensorOps ops;
  private final MlpWeights weights;

  Mlp(int layer, TensorOps ops, MlpWeights weights) {
    this.layer = layer;
    this.ops = ops;
    this.weights = weights;
  }

  /** From the normed residual stream [token, d_model] to what the MLP adds to it. */
  NDArray forward(NDArray x, Hooks hooks) {
    NDArray gate = hooks.at(GATE_PROJ, layer, weights.gate().apply(x)); // [token, d_mlp]
    NDArray up = hooks.at(UP_PROJ, layer, weights.up().apply(x)); // [token, d_mlp]
    NDArray act = hooks.at(ACT, layer, ops.gatedSilu(hooks.now(gate), up)); // [token, d_mlp]
    return hooks.at(DOWN_PROJ, layer, weights.down().apply(act)); // [token, d_model]
  }
}
