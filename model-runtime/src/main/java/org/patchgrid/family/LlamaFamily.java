package org.patchgrid.family;

import java.util.List;
import java.util.Optional;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * Llama and everything that calls itself {@code llama} (SmolLM2, TinyLlama, atlas-6l...): RMSNorm
 * before attention and MLP, rotary positions, grouped-query attention, a gated MLP with SiLU.
 * Defaults are those of Hugging Face's {@code LlamaConfig}.
 */
final class LlamaFamily extends ModelFamily {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    boolean bias = config.flag("attention_bias").orElse(false);
    RotaryConfig rotary = RotaryConfigReader.whole(config, sizes.headWidth());
    return new TransformerConfig(
        sizes.structure(modelName, Sizes.LLAMA, LlamaLayout.LLAMA),
        EmbeddingConfig.PLAIN,
        Norms.rms(config, 1e-6),
        new AttentionConfig(bias, bias),
        sizes.layersAlike(Optional.of(rotary)),
        new MlpConfig(
            Activations.read(config, "hidden_act", "silu"), config.flag("mlp_bias").orElse(false)),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(false)),
        config.count("max_position_embeddings").orElse(2048));
  }

  @Override
  List<CheckpointLayout> layouts() {
    return List.of(LlamaLayout.LLAMA);
  }
}
