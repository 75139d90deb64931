package org.patchgrid.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.NormConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * OPT: layer norms, embeddings of positions whose first two rows are for padding, an MLP with ReLU
 * and without a gate, biases everywhere.
 */
final class OptFamily extends ModelFamily {
  private static final int POSITION_OFFSET = 2;
  private static final double NORM_EPSILON = 1e-5; // PyTorch's; the configuration has none

  private static final List<CheckpointModule> MODULES =
      List.of(
          CheckpointModule.of(Component.INPUT_LAYERNORM, "self_attn_layer_norm"),
          CheckpointModule.of(Component.Q_PROJ, "self_attn.q_proj"),
          CheckpointModule.of(Component.K_PROJ, "self_attn.k_proj"),
          CheckpointModule.of(Component.V_PROJ, "self_attn.v_proj"),
          CheckpointModule.of(Component.O_PROJ, "self_attn.out_proj"),
          CheckpointModule.of(Component.POST_ATTENTION_LAYERNORM, "final_layer_norm"),
          CheckpointModule.of(Component.UP_PROJ, "fc1"),
          CheckpointModule.of(Component.DOWN_PROJ, "fc2"));

  /** As transformers writes it, and as the first ones were published. */
  OptFamily() {
    super("opt", layout("model.decoder."), layout("decoder."));
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    int width = config.requiredCount("hidden_size");
    int heads = config.requiredCount("num_attention_heads");
    requireFlag(config, "do_layer_norm_before", true);
    requireFlag(config, "enable_bias", true);
    requireFlag(config, "layer_norm_elementwise_affine", true);
    requireFlag(config, "_remove_final_layer_norm", false);
    if (config.count("word_embed_proj_dim").orElse(width) != width) {
      throw config.invalid(
          "word_embed_proj_dim",
          "Patchgrid computes OPT with embeddings of the model's width, %d".formatted(width));
    }
    Sizes sizes =
        new Sizes(
            config.requiredCount("num_hidden_layers"),
            heads,
            heads,
            width,
            Sizes.headWidth(config, "hidden_size", "num_attention_heads"),
            config.requiredCount("ffn_dim"),
            config.requiredCount("vocab_size"));
    return new TransformerConfig(
        sizes.structure(modelName, Gpt2Family.COMPONENTS, layout()),
        EmbeddingConfig.withPositions(POSITION_OFFSET),
        NormConfig.layer(NORM_EPSILON),
        new AttentionConfig(true, true),
        sizes.layersAlike(Optional.empty()),
        new MlpConfig(Activations.read(config, "activation_function", "relu"), true),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(true)),
        config.count("max_position_embeddings").orElse(2048));
  }

  private static void requireFlag(ConfigFile config, String key, boolean value) {
    if (config.flag(key).orElse(value) != value) {
      throw config.invalid(key, "Patchgrid computes OPT with %s only".formatted(value));
    }
  }

  private static CheckpointLayout layout(String prefix) {
    return CheckpointLayout.of(
            prefix + "embed_tokens",
            prefix + "layers",
            MODULES,
            Map.of("self_attn", Component.SELF_ATTN),
            prefix + "final_layer_norm",
            "lm_head")
        .withPositions(prefix + "embed_positions");
  }
}
