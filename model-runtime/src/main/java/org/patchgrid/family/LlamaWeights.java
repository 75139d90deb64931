package org.patchgrid.family;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.patchgrid.kernel.Linear;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.AttentionWeights;
import org.patchgrid.transformer.BlockWeights;
import org.patchgrid.transformer.MlpWeights;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.transformer.TransformerWeights;

/** Tensor names of a Llama checkpoint, in the order of the forward pass. Nothing is transposed. */
final class LlamaWeights {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  private final TransformerConfig config;
  private final ModelStructure structure;
  private final TensorLoader loader;

  LlamaWeights(TransformerConfig config, TensorLoader loader) {
    this.config = config;
    this.structure = config.structure();
    this.loader = loader;
  }

  TransformerWeights load() {
    long vocabulary = structure.vocabularySize();
    long width = structure.modelWidth();
    NDArray embedding = loader.tensor(EMBEDDING, vocabulary, width);
    List<BlockWeights> blocks = new ArrayList<>();
    for (int layer = 0; layer < structure.layers(); layer++) {
      blocks.add(block("model.layers." + layer + "."));
    }
    NDArray finalNorm = loader.tensor("model.norm.weight", width);
    NDArray unembedding = unembedding(embedding);
    return new TransformerWeights(
        embedding, blocks, finalNorm, loader.linearOfShared(unembedding), unembedding);
  }

  /** A stored head that differs from the embedding wins over the configuration's tie. */
  private NDArray unembedding(NDArray embedding) {
    boolean tied = loader.has(HEAD) ? loader.sameValues(HEAD, EMBEDDING) : config.tiedHead();
    return tied
        ? embedding
        : loader.tensor(HEAD, structure.vocabularySize(), structure.modelWidth());
  }

  private BlockWeights block(String prefix) {
    long width = structure.modelWidth();
    long queryWidth = (long) structure.queryHeads() * structure.headWidth();
    long keyValueWidth = (long) structure.keyValueHeads() * structure.headWidth();
    boolean attentionBias = config.attentionBias();
    NDArray attentionNorm = loader.tensor(prefix + "input_layernorm.weight", width);
    AttentionWeights attention =
        new AttentionWeights(
            linear(prefix + "self_attn.q_proj", queryWidth, width, attentionBias),
            linear(prefix + "self_attn.k_proj", keyValueWidth, width, attentionBias),
            linear(prefix + "self_attn.v_proj", keyValueWidth, width, attentionBias),
            linear(prefix + "self_attn.o_proj", width, queryWidth, attentionBias));
    NDArray mlpNorm = loader.tensor(prefix + "post_attention_layernorm.weight", width);
    long mlpWidth = structure.mlpWidth();
    boolean mlpBias = config.mlpBias();
    MlpWeights mlp =
        new MlpWeights(
            linear(prefix + "mlp.gate_proj", mlpWidth, width, mlpBias),
            linear(prefix + "mlp.up_proj", mlpWidth, width, mlpBias),
            linear(prefix + "mlp.down_proj", width, mlpWidth, mlpBias));
    return new BlockWeights(attentionNorm, attention, mlpNorm, mlp);
  }

  private Linear linear(String module, long out, long in, boolean biased) {
    NDArray weight = loader.tensor(module + ".weight", out, in);
    Optional<NDArray> bias =
        biased ? Optional.of(loader.tensor(module + ".bias", out)) : Optional.empty();
    return loader.linear(weight, bias);
  }
}
