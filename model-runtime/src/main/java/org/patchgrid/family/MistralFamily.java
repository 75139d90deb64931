package org.patchgrid.family;

import java.util.List;
import java.util.Optional;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/** Mistral: Llama's layer, in which attention may look back so many positions only. */
public final class MistralFamily implements ModelFamily {
  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    RotaryConfig rotary = RotaryConfigReader.whole(config, sizes.headWidth());
    List<LayerConfig> layers =
        Windows.read(config, sizes.layers(), layer -> true).stream()
            .map(window -> new LayerConfig(sizes.scale(), Optional.of(rotary), window))
            .toList();
    return new TransformerConfig(
        sizes.structure(modelName, Sizes.LLAMA, LlamaLayout.LLAMA),
        EmbeddingConfig.PLAIN,
        Norms.rms(config, 1e-6),
        new AttentionConfig(false, false),
        layers,
        new MlpConfig(Activations.read(config, "hidden_act", "silu"), false),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(false)),
        config.count("max_position_embeddings").orElse(131_072));
  }

  @Override
  public List<CheckpointLayout> layouts() {
    return List.of(LlamaLayout.LLAMA);
  }
}
