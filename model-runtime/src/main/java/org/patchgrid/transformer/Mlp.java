package org.patchgrid.transformer;

import static org.patchgrid.study.Component.ACT;
import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.GATE_PROJ;
import static org.patchgrid.study.Component.UP_PROJ;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import org.patchgrid.hook.Hooks;

/** A gated MLP with SiLU: {@code down(silu(gate(x)) * up(x))}. */
final class Mlp {
  private final int layer;
  private final MlpWeights weights;

  Mlp(int layer, MlpWeights weights) {
    this.layer = layer;
    this.weights = weights;
  }

  /** From the normed residual stream [row, position, d_model] to what the MLP adds to it. */
  NDArray forward(NDArray x, Hooks hooks) {
    NDArray gate = hooks.at(GATE_PROJ, layer, weights.gate().apply(x)); // [row, position, d_mlp]
    NDArray up = hooks.at(UP_PROJ, layer, weights.up().apply(x)); // [row, position, d_mlp]
    NDArray silu = gate.mul(Activation.sigmoid(gate));
    NDArray act = hooks.at(ACT, layer, silu.mul(up)); // [row, position, d_mlp]
    return hooks.at(DOWN_PROJ, layer, weights.down().apply(act)); // [row, position, d_model]
  }
}
