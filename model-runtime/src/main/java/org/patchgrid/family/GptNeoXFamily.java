package org.patchgrid.family;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * GPT-NeoX and Pythia: attention and MLP in parallel, unless the configuration says otherwise;
 * layer norms, rotation of a part of every head, q, k and v of a head side by side in one tensor.
 */
final class GptNeoXFamily extends ModelFamily {
  private static final List<CheckpointModule> MODULES =
      List.of(
          CheckpointModule.of(Component.INPUT_LAYERNORM, "input_layernorm"),
          CheckpointModule.byHead(
              "attention.query_key_value", Component.Q_PROJ, Component.K_PROJ, Component.V_PROJ),
          CheckpointModule.of(Component.O_PROJ, "attention.dense"),
          CheckpointModule.of(Component.POST_ATTENTION_LAYERNORM, "post_attention_layernorm"),
          CheckpointModule.of(Component.UP_PROJ, "mlp.dense_h_to_4h"),
          CheckpointModule.of(Component.DOWN_PROJ, "mlp.dense_4h_to_h"));

  private static final double DEFAULT_PART = 0.25;

  /** As transformers writes it, and as MLX does. */
  GptNeoXFamily() {
    super(
        "gpt_neox",
        layout("gpt_neox.", "gpt_neox.layers", "embed_out"),
        layout("model.", "model.h", "model.embed_out"));
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    boolean bias = config.flag("attention_bias").orElse(true);
    RotaryConfig rotary =
        RotaryConfigReader.partial(
            config, sizes.headWidth(), "rotary_emb_base", "rotary_pct", DEFAULT_PART);
    return new TransformerConfig(
        sizes.structure(modelName, components(config), layout()),
        EmbeddingConfig.PLAIN,
        Norms.layer(config, "layer_norm_eps", 1e-5),
        new AttentionConfig(bias, bias),
        sizes.layersAlike(Optional.of(rotary)),
        new MlpConfig(Activations.read(config, "hidden_act", "gelu"), true),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(false)),
        config.count("max_position_embeddings").orElse(2048));
  }

  private static Set<Component> components(ConfigFile config) {
    Set<Component> components = EnumSet.copyOf(Gpt2Family.COMPONENTS);
    if (config.flag("use_parallel_residual").orElse(true)) {
      components.remove(Component.RESID_MID);
    }
    return components;
  }

  private static CheckpointLayout layout(String prefix, String layers, String head) {
    return CheckpointLayout.of(
        prefix + "embed_in",
        layers,
        MODULES,
        Map.of("attention", Component.SELF_ATTN, "mlp", Component.MLP),
        prefix + "final_layer_norm",
        head);
  }

  @Override
  public boolean isIgnorable(String tensor) {
    return tensor.endsWith(".attention.bias")
        || tensor.endsWith(".attention.masked_bias")
        || tensor.endsWith(".rotary_emb.inv_freq");
  }
}
