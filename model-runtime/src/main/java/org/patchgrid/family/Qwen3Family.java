package org.patchgrid.family;

import java.util.EnumSet;
import java.util.List;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.TransformerConfig;

/** Qwen3: Llama's layer with a norm of every head's queries and keys. */
final class Qwen3Family extends ModelFamily {
  private static final CheckpointLayout LAYOUT =
      LlamaLayout.of(
          List.of(LlamaLayout.NORMS_BEFORE, LlamaLayout.PROJECTIONS, LlamaLayout.QUERY_KEY_NORMS));

  private static final int DEFAULT_HEAD_WIDTH = 128;

  Qwen3Family() {
    super("qwen3", LAYOUT);
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config, DEFAULT_HEAD_WIDTH);
    boolean bias = config.flag("attention_bias").orElse(false);
    return LlamaFamily.config(
        config,
        sizes.structure(modelName, EnumSet.allOf(Component.class), LAYOUT),
        Norms.rms(config, 1e-6),
        new AttentionConfig(bias, bias),
        Qwen2Family.layers(config, sizes),
        false,
        32_768);
  }
}
