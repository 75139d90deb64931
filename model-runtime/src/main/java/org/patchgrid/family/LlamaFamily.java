package org.patchgrid.family;

import java.util.List;
import java.util.Optional;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.NormConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * Llama and everything that calls itself {@code llama} (SmolLM2, TinyLlama, atlas-6l...): RMSNorm
 * before attention and MLP, rotary positions, grouped-query attention, a gated MLP with SiLU.
 * Defaults are those of Hugging Face's {@code LlamaConfig}.
 */
final class LlamaFamily extends ModelFamily {
  LlamaFamily() {
    super("llama", LlamaLayout.LLAMA);
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    boolean bias = config.flag("attention_bias").orElse(false);
    RotaryConfig rotary = RotaryConfigReader.whole(config, sizes.headWidth());
    return config(
        config,
        sizes.structure(modelName, Sizes.LLAMA, layout()),
        Norms.rms(config, 1e-6),
        new AttentionConfig(bias, bias),
        sizes.layersAlike(Optional.of(rotary)),
        config.flag("mlp_bias").orElse(false),
        2048);
  }

  /**
   * Of a family that begins, ends and gates its MLP as Llama does.
   *
   * @param maxPositions where the configuration has none
   */
  static TransformerConfig config(
      ConfigFile config,
      ModelStructure structure,
      NormConfig norm,
      AttentionConfig attention,
      List<LayerConfig> layers,
      boolean mlpBias,
      int maxPositions) {
    return new TransformerConfig(
        structure,
        EmbeddingConfig.PLAIN,
        norm,
        attention,
        layers,
        new MlpConfig(Activations.read(config, "hidden_act", "silu"), mlpBias),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(false)),
        config.count("max_position_embeddings").orElse(maxPositions));
  }
}
