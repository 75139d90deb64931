package org.patchgrid.family;

import java.util.List;
import java.util.OptionalInt;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/** Qwen2 and Qwen2.5: Llama's layer with biases of q, k and v. */
final class Qwen2Family extends ModelFamily {
  Qwen2Family() {
    super("qwen2", LlamaLayout.LLAMA);
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    return LlamaFamily.config(
        config,
        sizes.structure(modelName, Sizes.LLAMA, layout()),
        Norms.rms(config, 1e-6),
        new AttentionConfig(true, false),
        layers(config, sizes),
        false,
        32_768);
  }

  /**
   * A window counts only where {@code use_sliding_window} says so, whatever {@code layer_types}
   * says (as Hugging Face's Qwen2Config reads it), and in the upper layers where they are not
   * listed.
   */
  static List<LayerConfig> layers(ConfigFile config, Sizes sizes) {
    RotaryConfig rotary = RotaryConfigReader.whole(config, sizes.headWidth());
    boolean used = config.flag("use_sliding_window").orElse(false);
    int full = config.wholeNumber("max_window_layers").orElse(28);
    OptionalInt window = used ? config.count(Windows.WINDOW) : OptionalInt.empty();
    return Windows.layers(config, sizes, rotary, window, layer -> layer >= full);
  }
}
