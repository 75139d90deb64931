package org.patchgrid.family;

import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/** Mistral: Llama's layer, in which attention may look back so many positions only. */
final class MistralFamily extends ModelFamily {
  MistralFamily() {
    super("mistral", LlamaLayout.LLAMA);
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    RotaryConfig rotary = RotaryConfigReader.whole(config, sizes.headWidth());
    return LlamaFamily.config(
        config,
        sizes.structure(modelName, Sizes.LLAMA, layout()),
        Norms.rms(config, 1e-6),
        new AttentionConfig(false, false),
        Windows.layers(config, sizes, rotary, config.count(Windows.WINDOW), layer -> true),
        false,
        131_072);
  }
}
