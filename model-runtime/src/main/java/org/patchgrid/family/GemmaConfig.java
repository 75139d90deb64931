package org.patchgrid.family;

import static org.patchgrid.study.Component.INPUT_LAYERNORM;
import static org.patchgrid.study.Component.POST_ATTENTION_LAYERNORM;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.NormConfig;

/** What the configurations of Gemma 2 and Gemma 3 have in common. */
record GemmaConfig(ConfigFile config, Sizes sizes) {
  /**
   * What feeds the MLP has another name than in Llama, whose name is what comes behind attention.
   */
  static final List<CheckpointModule> NORMS_BEFORE =
      List.of(
          CheckpointModule.of(INPUT_LAYERNORM, "input_layernorm"),
          CheckpointModule.of(POST_ATTENTION_LAYERNORM, "pre_feedforward_layernorm"));

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

  /** Of scores. */
  double scale() {
    double scalar = config.number("query_pre_attn_scalar").orElse(DEFAULT_HEAD_WIDTH);
    if (!(scalar > 0)) {
      throw config.invalid("query_pre_attn_scalar", "it must be greater than 0");
    }
    return 1 / Math.sqrt(scalar);
  }

  List<OptionalInt> windows(IntPredicate sliding) {
    int window = config.count(Windows.WINDOW).orElse(DEFAULT_WINDOW);
    return Windows.of(config, sizes.layers(), OptionalInt.of(window), sliding);
  }

  /** A cap that may be absent; a key that is not there means {@code otherwise}. */
  OptionalDouble cap(String key, double otherwise) {
    return config.mentions(key) ? cap(key) : OptionalDouble.of(otherwise);
  }

  OptionalDouble cap(String key) {
    OptionalDouble cap = config.number(key);
    if (cap.isPresent() && cap.getAsDouble() <= 0) {
      throw config.invalid(key, "it must be greater than 0");
    }
    return cap;
  }

  boolean attentionBias() {
    return config.flag("attention_bias").orElse(false);
  }

  NormConfig norm() {
    return Norms.rms(config, 1e-6).withNormsBehindSublayers().withWeightsFromOne();
  }

  MlpConfig mlp() {
    return new MlpConfig(Activations.read(config, "hidden_activation", "gelu_pytorch_tanh"), false);
  }

  boolean tiedHead() {
    return config.flag("tie_word_embeddings").orElse(true);
  }

  int maxPositions(int otherwise) {
    return config.count("max_position_embeddings").orElse(otherwise);
  }
}
