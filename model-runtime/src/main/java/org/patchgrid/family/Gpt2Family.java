package org.patchgrid.family;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * GPT-2: layer norms, embeddings of positions, an MLP without a gate, biases everywhere, q, k and v
 * in one tensor, and weights that are stored [in, out].
 */
final class Gpt2Family extends ModelFamily {
  /** Of GPT-2, GPT-NeoX with sequential layers and OPT. */
  static final Set<Component> COMPONENTS =
      EnumSet.complementOf(EnumSet.of(Component.GATE_PROJ, Component.Q_NORM, Component.K_NORM));

  private static final List<CheckpointModule> MODULES =
      List.of(
          CheckpointModule.of(Component.INPUT_LAYERNORM, "ln_1"),
          CheckpointModule.inTurn(
              "attn.c_attn", Component.Q_PROJ, Component.K_PROJ, Component.V_PROJ),
          CheckpointModule.of(Component.O_PROJ, "attn.c_proj"),
          CheckpointModule.of(Component.POST_ATTENTION_LAYERNORM, "ln_2"),
          CheckpointModule.of(Component.UP_PROJ, "mlp.c_fc"),
          CheckpointModule.of(Component.DOWN_PROJ, "mlp.c_proj"));

  /** As transformers writes it, as the first GPT-2 was published, and as MLX writes it. */
  Gpt2Family() {
    super("gpt2", withPositions("transformer."), withPositions(""), withPositions("model."));
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    if (config.flag("add_cross_attention").orElse(false)) {
      throw config.invalid("add_cross_attention", "Patchgrid computes models of one sequence only");
    }
    Sizes sizes = Sizes.readGpt(config);
    return new TransformerConfig(
        sizes.structure(modelName, COMPONENTS, layout()),
        EmbeddingConfig.withPositions(0),
        Norms.layer(config, "layer_norm_epsilon", 1e-5),
        new AttentionConfig(true, true),
        layers(config, sizes),
        new MlpConfig(Activations.read(config, "activation_function", "gelu_new"), true),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(true)),
        config.count("n_positions").orElse(1024));
  }

  private static List<LayerConfig> layers(ConfigFile config, Sizes sizes) {
    double scale = config.flag("scale_attn_weights").orElse(true) ? sizes.scale() : 1;
    boolean byLayer = config.flag("scale_attn_by_inverse_layer_idx").orElse(false);
    return IntStream.range(0, sizes.layers())
        .mapToObj(
            layer ->
                new LayerConfig(
                    byLayer ? scale / (layer + 1) : scale, Optional.empty(), OptionalInt.empty()))
        .toList();
  }

  private static CheckpointLayout withPositions(String prefix) {
    return layout(prefix, MODULES).withPositions(prefix + "wpe").withInputsFirst();
  }

  static CheckpointLayout layout(String prefix, List<CheckpointModule> modules) {
    return CheckpointLayout.of(
        prefix + "wte",
        prefix + "h",
        modules,
        Map.of("attn", Component.SELF_ATTN, "mlp", Component.MLP),
        prefix + "ln_f",
        "lm_head");
  }

  @Override
  public boolean isIgnorable(String tensor) {
    return isMask(tensor);
  }

  static boolean isMask(String tensor) {
    return tensor.endsWith(".attn.bias") || tensor.endsWith(".attn.masked_bias");
  }
}
