package org.patchgrid.family;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * Gemma 3's language model: Gemma 2 with a norm of every head's queries and keys instead of caps,
 * and a faster rotation in the layers that have a window.
 */
final class Gemma3Family extends ModelFamily {
  private static final CheckpointLayout LAYOUT =
      LlamaLayout.withNormsBehind(
          List.of(
              LlamaLayout.PROJECTIONS,
              GemmaConfig.NORMS_BEFORE,
              LlamaLayout.NORMS_BEHIND,
              LlamaLayout.QUERY_KEY_NORMS));

  private static final double DEFAULT_THETA = 1_000_000;
  private static final int DEFAULT_PATTERN = 6;

  Gemma3Family() {
    super("gemma3_text", LAYOUT);
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    GemmaConfig gemma = new GemmaConfig(config);
    OptionalDouble logitCap = config.positive("final_logit_softcapping");
    return gemma.transformer(
        gemma
            .sizes()
            .structure(
                modelName, EnumSet.allOf(Component.class), false, logitCap.isEmpty(), LAYOUT),
        layers(config, gemma),
        config.positive("attn_logit_softcapping"),
        logitCap,
        131_072);
  }

  private static List<LayerConfig> layers(ConfigFile config, GemmaConfig gemma) {
    int width = gemma.sizes().headWidth();
    RotaryConfig full =
        RotaryConfigReader.ofType(config, "full_attention", width)
            .orElseGet(() -> RotaryConfigReader.whole(config, width, DEFAULT_THETA));
    RotaryConfig local =
        RotaryConfigReader.ofType(config, "sliding_attention", width)
            .orElseGet(() -> RotaryConfigReader.local(config, "rope_local_base_freq", width));
    int pattern =
        config
            .count("sliding_window_pattern")
            .orElse(config.count("_sliding_window_pattern").orElse(DEFAULT_PATTERN));
    List<LayerConfig> layers = new ArrayList<>();
    for (OptionalInt window : gemma.windows(layer -> (layer + 1) % pattern != 0)) {
      RotaryConfig rotary = window.isPresent() ? local : full;
      layers.add(new LayerConfig(gemma.scale(), Optional.of(rotary), window));
    }
    return layers;
  }
}
