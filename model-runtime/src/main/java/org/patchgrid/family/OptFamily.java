package org.patchgrid.family;

import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.INPUT_LAYERNORM;
import static org.patchgrid.study.Component.K_PROJ;
import static org.patchgrid.study.Component.O_PROJ;
import static org.patchgrid.study.Component.POST_ATTENTION_LAYERNORM;
import static org.patchgrid.study.Component.Q_PROJ;
import static org.patchgrid.study.Component.SELF_ATTN;
import static org.patchgrid.study.Component.UP_PROJ;
import static org.patchgrid.study.Component.V_PROJ;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.checkpoint.ConfigFile;
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
          CheckpointModule.of(INPUT_LAYERNORM, "self_attn_layer_norm"),
          CheckpointModule.of(Q_PROJ, "self_attn.q_proj"),
          CheckpointModule.of(K_PROJ, "self_attn.k_proj"),
          CheckpointModule.of(V_PROJ, "self_attn.v_proj"),
          CheckpointModule.of(O_PROJ, "self_attn.out_proj"),
          CheckpointModule.of(POST_ATTENTION_LAYERNORM, "final_layer_norm"),
          CheckpointModule.of(UP_PROJ, "fc1"),
          CheckpointModule.of(DOWN_PROJ, "fc2"));

  @Override
  public String modelType() {
    return "opt";
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
        sizes.structure(modelName, Gpt2Family.COMPONENTS, layouts().get(0)),
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

  /** As transformers writes it, and as the first ones were published. */
  @Override
  List<CheckpointLayout> layouts() {
    return List.of(layout("model.decoder."), layout("decoder."));
  }

  private static CheckpointLayout layout(String prefix) {
    return CheckpointLayout.of(
            prefix + "embed_tokens",
            prefix + "layers",
            MODULES,
            Map.of("self_attn", SELF_ATTN),
            prefix + "final_layer_norm",
            "lm_head")
        .withPositions(prefix + "embed_positions");
  }
}
