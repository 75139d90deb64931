package org.patchgrid.transformer;

import static org.patchgrid.study.Component.INPUT_LAYERNORM;
import static org.patchgrid.study.Component.MLP;
import static org.patchgrid.study.Component.OUTPUT;
import static org.patchgrid.study.Component.POST_ATTENTION_LAYERNORM;
import static org.patchgrid.study.Component.RESID_MID;
import static org.patchgrid.study.Component.RESID_PRE;
import static org.patchgrid.study.Component.SELF_ATTN;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.study.Component;

/**
 * One layer: attention and the MLP, each reading the residual stream and adding to it. The MLP
 * reads what attention has added to, or, in parallel, the same as attention. Norms stand before
 * either, behind either, or both; in parallel one may feed both.
 */
final class TransformerBlock {
  private final int layer;
  private final boolean parallel;
  private final boolean sharesNorm;
  private final Optional<Norm> attentionNorm;
  private final Attention attention;
  private final Optional<Norm> attentionPostNorm;
  private final Optional<Norm> mlpNorm;
  private final Mlp mlp;
  private final Optional<Norm> mlpPostNorm;

  /**
   * @param manager owner of the few constants made here; must live as long as the weights
   * @param epsilon of the norms, []
   */
  TransformerBlock(
      NDManager manager,
      int layer,
      TransformerConfig config,
      TensorOps ops,
      BlockWeights weights,
      NDArray epsilon) {
    this.layer = layer;
    this.parallel = config.structure().isParallel();
    this.sharesNorm = config.structure().sharesNorm();
    this.attentionNorm = weights.attentionNorm().map(norm -> new Norm(ops, norm, epsilon));
    this.attention = new Attention(manager, layer, config, ops, weights.attention(), epsilon);
    this.attentionPostNorm = weights.attentionPostNorm().map(norm -> new Norm(ops, norm, epsilon));
    this.mlpNorm = weights.mlpNorm().map(norm -> new Norm(ops, norm, epsilon));
    this.mlp = new Mlp(layer, ops, config.mlp().activation(), weights.mlp());
    this.mlpPostNorm = weights.mlpPostNorm().map(norm -> new Norm(ops, norm, epsilon));
  }

  /** The residual stream through this layer: [token, d_model] on every line. */
  NDArray forward(NDArray stream, Sequences sequences, Hooks hooks) {
    NDArray residPre = hooks.at(RESID_PRE, layer, stream);
    NDArray attentionInput = normed(attentionNorm, INPUT_LAYERNORM, residPre, hooks);
    NDArray attnOut =
        hooks.at(
            SELF_ATTN,
            layer,
            through(
                attentionInput,
                attentionNorm.isPresent() && !sharesNorm,
                x -> behind(attentionPostNorm, attention.forward(x, sequences, hooks))));
    NDArray mlpStream =
        parallel
            ? hooks.now(residPre)
            : hooks.at(RESID_MID, layer, hooks.now(residPre).add(attnOut));
    NDArray mlpInput =
        sharesNorm
            ? hooks.now(attentionInput)
            : normed(mlpNorm, POST_ATTENTION_LAYERNORM, mlpStream, hooks);
    NDArray mlpOut =
        hooks.at(
            MLP,
            layer,
            through(
                mlpInput, mlpNorm.isPresent(), x -> behind(mlpPostNorm, mlp.forward(x, hooks))));
    NDArray added =
        parallel
            ? hooks.now(residPre).add(hooks.now(attnOut)).addi(mlpOut)
            : hooks.now(mlpStream).add(mlpOut);
    return hooks.at(OUTPUT, layer, added);
  }

  private NDArray normed(Optional<Norm> norm, Component component, NDArray x, Hooks hooks) {
    return norm.isEmpty() ? x : hooks.at(component, layer, norm.get().forward(x));
  }

  private static NDArray behind(Optional<Norm> norm, NDArray x) {
    return norm.isEmpty() ? x : norm.get().forward(x);
  }

  /**
   * @param last whether nothing else reads {@code x} afterwards
   */
  private static NDArray through(NDArray x, boolean last, UnaryOperator<NDArray> sublayer) {
    return last ? Lifetime.inPlaceOf(x, sublayer) : Lifetime.beside(x, sublayer);
  }
}
