package org.patchgrid.family;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * Gemma 2: norms before and behind attention and MLP, whose weights are stored as differences from
 * one; scaled embeddings; soft caps of scores and logits; a window in every other layer.
 */
final class Gemma2Family extends ModelFamily {
  private static final double DEFAULT_ATTENTION_CAP = 50;
  private static final double DEFAULT_LOGIT_CAP = 30;

  Gemma2Family() {
    super("gemma2", GemmaConfig.LAYOUT);
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    GemmaConfig gemma = new GemmaConfig(config);
    Sizes sizes = gemma.sizes();
    RotaryConfig rotary = RotaryConfigReader.whole(config, sizes.headWidth());
    List<LayerConfig> layers =
        gemma.windows(layer -> layer % 2 == 0).stream()
            .map(window -> new LayerConfig(gemma.scale(), Optional.of(rotary), window))
            .toList();
    OptionalDouble logitCap = gemma.cap("final_logit_softcapping", DEFAULT_LOGIT_CAP);
    return gemma.transformer(
        sizes.structure(modelName, Sizes.LLAMA, false, logitCap.isEmpty(), layout()),
        layers,
        gemma.cap("attn_logit_softcapping", DEFAULT_ATTENTION_CAP),
        logitCap,
        8192);
  }
}
