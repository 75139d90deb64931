package org.patchgrid.family;

import java.util.Optional;
import java.util.OptionalDouble;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.RotaryConfig;

/**
 * Reads rotary positions in both ways that Hugging Face writes them: {@code rope_theta} beside
 * {@code rope_scaling} (whose type is {@code type} or {@code rope_type}), and since version 5 all
 * of it in {@code rope_parameters}. As there, {@code rope_scaling} wins where both are given, and a
 * theta inside over one beside.
 */
final class RotaryConfigReader {
  private static final double DEFAULT_THETA = 10_000;

  private RotaryConfigReader() {}

  static RotaryConfig read(ConfigFile config) {
    Optional<ConfigFile> parameters = config.section("rope_parameters");
    Optional<ConfigFile> scaling = config.section("rope_scaling").or(() -> parameters);
    checkWholeHeadsRotate(config);
    scaling.ifPresent(RotaryConfigReader::checkWholeHeadsRotate);
    return new RotaryConfig(
        theta(config, scaling, parameters),
        scaling.map(section -> scaling(config, section)).orElseGet(RotaryConfig.Unscaled::new));
  }

  private static double theta(
      ConfigFile config, Optional<ConfigFile> scaling, Optional<ConfigFile> parameters) {
    Optional<ConfigFile> holder =
        scaling
            .filter(section -> section.has("rope_theta"))
            .or(() -> parameters.filter(section -> section.has("rope_theta")));
    return positive(holder.orElse(config), "rope_theta").orElse(DEFAULT_THETA);
  }

  private static RotaryConfig.Scaling scaling(ConfigFile config, ConfigFile section) {
    String key = section.has("rope_type") ? "rope_type" : "type";
    return switch (section.string(key).orElse("default")) {
      case "default" -> new RotaryConfig.Unscaled();
      case "linear" -> new RotaryConfig.Linear(requiredPositive(section, "factor"));
      case "llama3" -> llama3(config, section);
      default ->
          throw section.invalid(
              key, "Patchgrid has the rotary scalings default, linear and llama3 only");
    };
  }

  private static RotaryConfig.Llama3 llama3(ConfigFile config, ConfigFile section) {
    String positionsKey = "original_max_position_embeddings";
    // Some checkpoints have it beside the section.
    ConfigFile positionsHolder =
        section.has(positionsKey) || !config.has(positionsKey) ? section : config;
    double low = requiredPositive(section, "low_freq_factor");
    double high = requiredPositive(section, "high_freq_factor");
    if (high <= low) {
      throw section.invalid("high_freq_factor", "it must be greater than low_freq_factor");
    }
    return new RotaryConfig.Llama3(
        requiredPositive(section, "factor"),
        low,
        high,
        requiredPositive(positionsHolder, positionsKey));
  }

  private static void checkWholeHeadsRotate(ConfigFile holder) {
    String key = "partial_rotary_factor";
    if (holder.number(key).orElse(1) != 1) {
      throw holder.invalid(key, "Patchgrid rotates whole heads in this family");
    }
  }

  private static double requiredPositive(ConfigFile section, String key) {
    return positive(section, key).orElseThrow(() -> section.missing(key));
  }

  private static OptionalDouble positive(ConfigFile section, String key) {
    OptionalDouble number = section.number(key);
    if (number.isPresent() && number.getAsDouble() <= 0) {
      throw section.invalid(key, "it must be greater than 0");
    }
    return number;
  }
}
