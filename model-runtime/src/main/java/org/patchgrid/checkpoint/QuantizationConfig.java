package org.patchgrid.checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How config.json says that a checkpoint's modules are quantised: MLX's {@code quantization} (newer
 * files: {@code quantization_config}) has settings for all modules and, under a module's path, an
 * object for that module alone or {@code false} for one that is not quantised.
 *
 * @param general the settings of all modules that have none of their own
 */
record QuantizationConfig(
    Optional<AffineQuantization> general, Map<String, Optional<AffineQuantization>> modules) {
  private static final List<String> KEYS = List.of("quantization", "quantization_config");
  private static final Set<String> OWN_METHODS = Set.of("mlx", "affine");
  private static final int DEFAULT_BITS = 4;
  private static final int DEFAULT_GROUP_SIZE = 64;

  QuantizationConfig {
    modules = Map.copyOf(modules);
  }

  static QuantizationConfig of(ConfigFile config) {
    for (String key : KEYS) {
      config.section(key).ifPresent(QuantizationConfig::checkMethod);
    }
    // Where both are there they say the same; MLX reads the first.
    return KEYS.stream()
        .flatMap(key -> config.section(key).stream())
        .findFirst()
        .map(QuantizationConfig::ofSection)
        .orElseGet(() -> new QuantizationConfig(Optional.empty(), Map.of()));
  }

  /** The general settings in words. */
  Optional<String> describe() {
    return general.map(
        settings ->
            "MLX affine, %d bits in groups of %d".formatted(settings.bits(), settings.groupSize()));
  }

  /** The settings of the module, for example {@code model.embed_tokens}; empty for none. */
  Optional<AffineQuantization> of(String module) {
    return modules.getOrDefault(module, general);
  }

  private static void checkMethod(ConfigFile section) {
    Optional<String> method = section.string("quant_method");
    if (method.isPresent() && !OWN_METHODS.contains(method.get())) {
      throw section.invalid(
          "quant_method",
          "Patchgrid reads MLX's affine quantisation only; use the model's unquantised or MLX"
              + " version");
    }
  }

  private static QuantizationConfig ofSection(ConfigFile section) {
    AffineQuantization general =
        settings(section, new AffineQuantization(DEFAULT_BITS, DEFAULT_GROUP_SIZE));
    Map<String, Optional<AffineQuantization>> modules = new HashMap<>();
    for (String key : section.keys()) {
      if (section.isSection(key)) {
        modules.put(key, section.section(key).map(inner -> settings(inner, general)));
      }
      if (section.isFlag(key) && !section.flag(key).orElse(true)) {
        modules.put(key, Optional.empty());
      }
    }
    return new QuantizationConfig(Optional.of(general), modules);
  }

  private static AffineQuantization settings(ConfigFile section, AffineQuantization otherwise) {
    if (!section.string("mode").orElse("affine").equals("affine")) {
      throw section.invalid(
          "mode",
          "Patchgrid reads the mode affine only; use the model's affine or unquantised version");
    }
    int bits = section.count("bits").orElse(otherwise.bits());
    int groupSize = section.count("group_size").orElse(otherwise.groupSize());
    if (!AffineQuantization.BITS.contains(bits)) {
      throw section.invalid("bits", "it must be 2, 3, 4, 5, 6 or 8; use another version");
    }
    if (!AffineQuantization.GROUP_SIZES.contains(groupSize)) {
      throw section.invalid("group_size", "it must be 32, 64 or 128; use another version");
    }
    return new AffineQuantization(bits, groupSize);
  }
}
