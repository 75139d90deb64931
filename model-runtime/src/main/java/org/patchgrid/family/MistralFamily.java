package org.patchgrid.family;

import java.util.List;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/** Mistral: Llama's layer, in which attention may look back so many positions only. */
final class MistralFamily extends ModelFamily {
  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    RotaryConfig rotary = RotaryConfigReader.whole(config, sizes.headWidth());
    return new TransformerConfig(
        sizes.structure(modelName, Sizes.LLAMA, LlamaLayout.LLAMA),
        EmbeddingConfig.PLAIN,
        Norms.rms(config, 1e-6),
        new AttentionConfig(false, false),
        Windows.layers(config, sizes, rotary, config.count(Windows.WINDOW), layer -> true),
        new MlpConfig(Activations.read(config, "hidden_act", "silu"), false),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(false)),
        config.count("max_position_embeddings").orElse(131_072));
  }

  @Override
  List<CheckpointLayout> layouts() {
    return List.of(LlamaLayout.LLAMA);
  }
}
