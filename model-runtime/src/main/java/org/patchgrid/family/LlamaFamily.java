package org.patchgrid.family;

import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.transformer.TransformerWeights;

/**
 * Llama and everything that calls itself {@code llama} (SmolLM2, TinyLlama, atlas-6l...): RMSNorm
 * before attention and MLP, rotary positions, grouped-query attention, a gated MLP with SiLU.
 * Defaults are those of Hugging Face's {@code LlamaConfig}.
 */
public final class LlamaFamily implements ModelFamily {
  private static final Set<Component> COMPONENTS =
      EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM));
  private static final int DEFAULT_MAX_POSITIONS = 2048;
  private static final double DEFAULT_NORM_EPSILON = 1e-6;

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    checkActivation(config);
    return new TransformerConfig(
        structure(modelName, config),
        normEpsilon(config),
        RotaryConfigReader.read(config),
        config.flag("attention_bias").orElse(false),
        config.flag("mlp_bias").orElse(false),
        config.flag("tie_word_embeddings").orElse(false),
        config.count("max_position_embeddings").orElse(DEFAULT_MAX_POSITIONS));
  }

  private static ModelStructure structure(String modelName, ConfigFile config) {
    int modelWidth = config.requiredCount("hidden_size");
    int queryHeads = config.requiredCount("num_attention_heads");
    int keyValueHeads = config.count("num_key_value_heads").orElse(queryHeads);
    if (queryHeads % keyValueHeads != 0) {
      throw config.invalid(
          "num_key_value_heads",
          "the %d query heads (num_attention_heads) cannot share them evenly"
              .formatted(queryHeads));
    }
    return new ModelStructure(
        modelName,
        config.requiredCount("num_hidden_layers"),
        queryHeads,
        keyValueHeads,
        modelWidth,
        headWidth(config, modelWidth, queryHeads),
        config.requiredCount("intermediate_size"),
        config.requiredCount("vocab_size"),
        COMPONENTS);
  }

  private static int headWidth(ConfigFile config, int modelWidth, int queryHeads) {
    OptionalInt given = config.count("head_dim");
    if (given.isEmpty() && modelWidth % queryHeads != 0) {
      throw config.invalid(
          "hidden_size",
          "it is no multiple of the %d num_attention_heads, and head_dim is not given"
              .formatted(queryHeads));
    }
    int headWidth = given.orElse(modelWidth / queryHeads);
    if (headWidth % 2 != 0) {
      throw config.invalid(
          given.isPresent() ? "head_dim" : "hidden_size",
          "rotary positions need heads of an even width, not " + headWidth);
    }
    return headWidth;
  }

  private static double normEpsilon(ConfigFile config) {
    double epsilon = config.number("rms_norm_eps").orElse(DEFAULT_NORM_EPSILON);
    if (epsilon < 0) {
      throw config.invalid("rms_norm_eps", "it must not be negative");
    }
    return epsilon;
  }

  private static void checkActivation(ConfigFile config) {
    if (!config.string("hidden_act").orElse("silu").equals("silu")) {
      throw config.invalid("hidden_act", "Patchgrid computes Llama models with silu only");
    }
  }

  @Override
  public TransformerWeights weights(TransformerConfig config, TensorLoader loader) {
    return new LlamaWeights(config, loader).load();
  }

  /** Old checkpoints store the rotary frequencies, which follow from the configuration. */
  @Override
  public boolean isIgnorable(String tensor) {
    return tensor.endsWith(".rotary_emb.inv_freq");
  }
}
