package org.patchgrid.transformer;

import static org.patchgrid.study.Component.INPUT_LAYERNORM;
import static org.patchgrid.study.Component.MLP;
import static org.patchgrid.study.Component.OUTPUT;
import static org.patchgrid.study.Component.POST_ATTENTION_LAYERNORM;
import static org.patchgrid.study.Component.RESID_MID;
import static org.patchgrid.study.Component.RESID_PRE;
import static org.patchgrid.study.Component.SELF_ATTN;

import ai.djl.ndarray.NDArray;
import org.patchgrid.hook.Hooks;

/** One layer: attention, then the MLP, each reading the normed residual stream and adding to it. */
final class TransformerBlock {
  private final int layer;
  private final RmsNorm attentionNorm;
  private final Attention attention;
  private final RmsNorm mlpNorm;
  private final Mlp mlp;

  TransformerBlock(
      int layer, RmsNorm attentionNorm, Attention attention, RmsNorm mlpNorm, Mlp mlp) {
    this.layer = layer;
    this.attentionNorm = attentionNorm;
    this.attention = attention;
    this.mlpNorm = mlpNorm;
    this.mlp = mlp;
  }

  /** The residual stream through this layer: [token, d_model] on every line. */
  NDArray forward(NDArray stream, Sequences sequences, Hooks hooks) {
    NDArray residPre = hooks.at(RESID_PRE, layer, stream);
    NDArray normed = hooks.at(INPUT_LAYERNORM, layer, attentionNorm.forward(residPre));
    NDArray attnOut =
        hooks.at(
            SELF_ATTN,
            layer,
            Lifetime.inPlaceOf(normed, x -> attention.forward(x, sequences, hooks)));
    NDArray residMid = hooks.at(RESID_MID, layer, hooks.now(residPre).add(attnOut));
    NDArray normedMid = hooks.at(POST_ATTENTION_LAYERNORM, layer, mlpNorm.forward(residMid));
    NDArray mlpOut =
        hooks.at(MLP, layer, Lifetime.inPlaceOf(normedMid, x -> mlp.forward(x, hooks)));
    return hooks.at(OUTPUT, layer, hooks.now(residMid).add(mlpOut));
  }
}
