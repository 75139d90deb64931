package org.patchgrid.family;

import java.util.EnumSet;
import java.util.List;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.TransformerConfig;

/** Qwen3: Llama's layer with a norm of every head's queries and keys. */
final class Qwen3Family extends ModelFamily {
  private static final CheckpointLayout LAYOUT =
      LlamaLayout.of(
          List.of(LlamaLayout.NORMS_BEFORE, LlamaLayout.PROJECTIONS, LlamaLayout.QUERY_KEY_NORMS));

  private static final int DEFAULT_HEAD_WIDTH = 128;

  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config, DEFAULT_HEAD_WIDTH);
    boolean bias = config.flag("attention_bias").orElse(false);
    return new TransformerConfig(
        sizes.structure(modelName, EnumSet.allOf(Component.class), LAYOUT),
        EmbeddingConfig.PLAIN,
        Norms.rms(config, 1e-6),
        new AttentionConfig(bias, bias),
        Qwen2Family.layers(config, sizes),
        new MlpConfig(Activations.read(config, "hidden_act", "silu"), false),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(false)),
        config.count("max_position_embeddings").orElse(32_768));
  }

  @Override
  List<CheckpointLayout> layouts() {
    return List.of(LAYOUT);
  }
}
