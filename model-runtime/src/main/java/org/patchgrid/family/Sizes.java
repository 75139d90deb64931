package org.patchgrid.family;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.RotaryConfig;

/** The sizes of a model, read from its config.json. */
record Sizes(
    int layers,
    int queryHeads,
    int keyValueHeads,
    int modelWidth,
    int headWidth,
    int mlpWidth,
    int vocabulary) {
  static final Set<Component> LLAMA =
      EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM));

  /** The keys that families since Llama have; heads share the model's width. */
  static Sizes read(ConfigFile config) {
    int width = headWidth(config, "hidden_size", "num_attention_heads");
    return read(config, width);
  }

  /** The same in a family whose heads have a width of their own. */
  static Sizes read(ConfigFile config, int defaultHeadWidth) {
    int queryHeads = config.requiredCount("num_attention_heads");
    int keyValueHeads = config.count("num_key_value_heads").orElse(queryHeads);
    if (queryHeads % keyValueHeads != 0) {
      throw config.invalid(
          "num_key_value_heads",
          "the %d query heads (num_attention_heads) cannot share them evenly"
              .formatted(queryHeads));
    }
    int modelWidth = config.requiredCount("hidden_size");
    return new Sizes(
        config.requiredCount("num_hidden_layers"),
        queryHeads,
        keyValueHeads,
        modelWidth,
        config.count("head_dim").orElse(defaultHeadWidth),
        config.requiredCount("intermediate_size"),
        config.requiredCount("vocab_size"));
  }

  /** GPT-2's keys, where the MLP is four times as wide as the model unless told otherwise. */
  static Sizes readGpt(ConfigFile config) {
    int modelWidth = config.requiredCount("n_embd");
    int heads = config.requiredCount("n_head");
    return new Sizes(
        config.requiredCount("n_layer"),
        heads,
        heads,
        modelWidth,
        headWidth(config, "n_embd", "n_head"),
        config.count("n_inner").orElse(4 * modelWidth),
        config.requiredCount("vocab_size"));
  }

  static int headWidth(ConfigFile config, String widthKey, String headsKey) {
    int modelWidth = config.requiredCount(widthKey);
    int heads = config.requiredCount(headsKey);
    OptionalInt given = config.count("head_dim");
    if (given.isEmpty() && modelWidth % heads != 0) {
      throw config.invalid(
          widthKey,
          "it is no multiple of the %d %s, and head_dim is not given".formatted(heads, headsKey));
    }
    return given.orElse(modelWidth / heads);
  }

  /** What attention scores are multiplied by, unless a family does otherwise. */
  double scale() {
    return 1 / Math.sqrt(headWidth);
  }

  /** Layers without windows that all turn alike. */
  List<LayerConfig> layersAlike(Optional<RotaryConfig> rotary) {
    return Collections.nCopies(layers, new LayerConfig(scale(), rotary, OptionalInt.empty()));
  }

  /** The structure of a model whose logits are linear, and whose q/k-norms are of each head. */
  ModelStructure structure(String name, Set<Component> components, CheckpointLayout layout) {
    return structure(name, components, false, true, layout);
  }

  ModelStructure structure(
      String name,
      Set<Component> components,
      boolean normSpansHeads,
      boolean linearLogits,
      CheckpointLayout layout) {
    return new ModelStructure(
        name,
        layers,
        queryHeads,
        keyValueHeads,
        modelWidth,
        headWidth,
        mlpWidth,
        vocabulary,
        components,
        normSpansHeads,
        linearLogits,
        layout.names());
  }
}
