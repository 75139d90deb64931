package org.patchgrid.family;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.TransformerConfig;

/** What the configurations of Gemma 2 and Gemma 3 have in common. */
record GemmaConfig(ConfigFile config, Sizes sizes) {
  /**
   * What feeds the MLP has another name than in Llama, whose name is what comes behind attention.
   */
  static final List<CheckpointModule> NORMS_BEFORE =
      List.of(
          CheckpointModule.of(Component.INPUT_LAYERNORM, "input_layernorm"),
          CheckpointModule.of(Component.POST_ATTENTION_LAYERNORM, "pre_feedforward_layernorm"));

  static final CheckpointLayout LAYOUT =
      LlamaLayout.withNormsBehind(
          List.of(LlamaLayout.PROJECTIONS, NORMS_BEFORE, LlamaLayout.NORMS_BEHIND));

  private static final int DEFAULT_HEAD_WIDTH = 256;
  private static final int DEFAULT_WINDOW = 4096;

  GemmaConfig(ConfigFile config) {
    this(config, Sizes.read(config, DEFAULT_HEAD_WIDTH));
    if (config.flag("use_bidirectional_attention").orElse(false)) {
      throw config.invalid(
          "use_bidirectional_attention", "Patchgrid computes causal language models only");
    }
  }

  double scale() {
    return 1 / Math.sqrt(config.positive("query_pre_attn_scalar").orElse(DEFAULT_HEAD_WIDTH));
  }

  List<OptionalInt> windows(IntPredicate sliding) {
    int window = config.count(Windows.WINDOW).orElse(DEFAULT_WINDOW);
    return Windows.of(config, sizes.layers(), OptionalInt.of(window), sliding);
  }

  /** A cap that may be absent; a key that is not there means {@code otherwise}. */
  OptionalDouble cap(String key, double otherwise) {
    return config.mentions(key) ? config.positive(key) : OptionalDouble.of(otherwise);
  }

  /**
   * @param maxPositions where the configuration has none
   */
  TransformerConfig transformer(
      ModelStructure structure,
      List<LayerConfig> layers,
      OptionalDouble attentionCap,
      OptionalDouble logitCap,
      int maxPositions) {
    boolean bias = config.flag("attention_bias").orElse(false);
    return new TransformerConfig(
        structure,
        EmbeddingConfig.scaled(Math.sqrt(sizes.modelWidth())),
        Norms.rms(config, 1e-6).withNormsBehindSublayers().withWeightsFromOne(),
        new AttentionConfig(bias, bias, attentionCap),
        layers,
        new MlpConfig(Activations.read(config, "hidden_activation", "gelu_pytorch_tanh"), false),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(true), false, logitCap),
        config.count("max_position_embeddings").orElse(maxPositions));
  }
}
