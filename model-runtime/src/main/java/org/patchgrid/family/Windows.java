package org.patchgrid.family;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.RotaryConfig;

/** Which layers see only so many positions back. */
final class Windows {
  static final String WINDOW = "sliding_window";
  private static final String TYPES = "layer_types";

  private Windows() {}

  /**
   * Layers that all turn alike.
   *
   * @param window of the layers that have one
   * @param sliding which of them have it where the configuration does not list them
   */
  static List<LayerConfig> layers(
      ConfigFile config,
      Sizes sizes,
      RotaryConfig rotary,
      OptionalInt window,
      IntPredicate sliding) {
    return of(config, sizes.layers(), window, sliding).stream()
        .map(own -> new LayerConfig(sizes.scale(), Optional.of(rotary), own))
        .toList();
  }

  /** The window of every layer, where those that have one have this. */
  static List<OptionalInt> of(
      ConfigFile config, int layers, OptionalInt window, IntPredicate sliding) {
    return sliding(config, layers, sliding).stream()
        .map(slides -> slides ? window : OptionalInt.empty())
        .toList();
  }

  /** Whether each layer has a window, if there is one. */
  private static List<Boolean> sliding(ConfigFile config, int layers, IntPredicate otherwise) {
    List<String> types = config.strings(TYPES);
    if (types.isEmpty()) {
      return IntStream.range(0, layers).mapToObj(otherwise::test).toList();
    }
    if (types.size() != layers) {
      throw config.invalid(
          TYPES, "it must have one entry for each of the %d layers".formatted(layers));
    }
    return types.stream().map(type -> isSliding(config, type)).toList();
  }

  private static boolean isSliding(ConfigFile config, String type) {
    return switch (type) {
      case "full_attention" -> false;
      case "sliding_attention" -> true;
      default ->
          throw config.invalid(TYPES, "Patchgrid has full_attention and sliding_attention only");
    };
  }
}
