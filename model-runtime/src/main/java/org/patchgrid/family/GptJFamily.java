package org.patchgrid.family;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.kernel.RotaryPairs;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * GPT-J: attention and MLP in parallel behind one layer norm, rotation of neighbouring dimensions,
 * no biases in attention, and a bias of the logits.
 */
final class GptJFamily extends ModelFamily {
  private static final Set<Component> COMPONENTS =
      EnumSet.complementOf(
          EnumSet.of(
              Component.GATE_PROJ,
              Component.Q_NORM,
              Component.K_NORM,
              Component.RESID_MID,
              Component.POST_ATTENTION_LAYERNORM));

  private static final List<CheckpointModule> MODULES =
      List.of(
          CheckpointModule.of(Component.INPUT_LAYERNORM, "ln_1"),
          CheckpointModule.of(Component.Q_PROJ, "attn.q_proj"),
          CheckpointModule.of(Component.K_PROJ, "attn.k_proj"),
          CheckpointModule.of(Component.V_PROJ, "attn.v_proj"),
          CheckpointModule.of(Component.O_PROJ, "attn.out_proj"),
          CheckpointModule.of(Component.UP_PROJ, "mlp.fc_in"),
          CheckpointModule.of(Component.DOWN_PROJ, "mlp.fc_out"));

  private static final int DEFAULT_ROTARY_WIDTH = 64;

  /** As transformers writes it, and as MLX does. */
  GptJFamily() {
    super("gptj", Gpt2Family.layout("transformer.", MODULES), Gpt2Family.layout("model.", MODULES));
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.readGpt(config);
    return new TransformerConfig(
        sizes.structure(modelName, COMPONENTS, false, false, layout()),
        EmbeddingConfig.PLAIN,
        Norms.layer(config, "layer_norm_epsilon", 1e-5),
        new AttentionConfig(false, false),
        sizes.layersAlike(Optional.of(rotary(config, sizes))),
        new MlpConfig(Activations.read(config, "activation_function", "gelu_new"), true),
        new HeadConfig(
            config.flag("tie_word_embeddings").orElse(false), true, OptionalDouble.empty()),
        config.count("n_positions").orElse(2048));
  }

  /** Without {@code rotary_dim} whole heads turn. */
  private static RotaryConfig rotary(ConfigFile config, Sizes sizes) {
    String key = "rotary_dim";
    int width =
        config.mentions(key) ? config.count(key).orElse(sizes.headWidth()) : DEFAULT_ROTARY_WIDTH;
    if (width % 2 != 0 || width > sizes.headWidth()) {
      throw config.invalid(
          key, "it must be even and at most the width of a head, %d".formatted(sizes.headWidth()));
    }
    return new RotaryConfig(
        RotaryConfigReader.DEFAULT_THETA,
        new RotaryConfig.Unscaled(),
        width,
        RotaryPairs.NEIGHBOURS);
  }

  @Override
  public boolean isIgnorable(String tensor) {
    return Gpt2Family.isMask(tensor);
  }
}
