package org.patchgrid.family;

import java.util.Optional;
import java.util.OptionalDouble;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.kernel.RotaryPairs;
import org.patchgrid.transformer.RotaryConfig;

/**
 * Reads rotary positions in both ways that Hugging Face writes them: {@code rope_theta} beside
 * {@code rope_scaling} (whose type is {@code type} or {@code rope_type}), and since version 5 all
 * of it in {@code rope_parameters}. As there, {@code rope_scaling} wins where both are given, and a
 * theta inside over one beside.
 */
final class RotaryConfigReader {
  static final double DEFAULT_THETA = 10_000;

  private static final String PART = "partial_rotary_factor";
  private static final String THETA = "rope_theta";

  private final ConfigFile config;
  private final Optional<ConfigFile> parameters;
  private final Optional<ConfigFile> scaling;

  private RotaryConfigReader(ConfigFile config, Optional<ConfigFile> parameters) {
    this.config = config;
    this.parameters = parameters;
    this.scaling = config.section("rope_scaling").or(() -> parameters);
  }

  /** Of a family whose heads turn whole. */
  static RotaryConfig whole(ConfigFile config, int headWidth) {
    return whole(config, headWidth, DEFAULT_THETA);
  }

  /** The same with another base where none is given. */
  static RotaryConfig whole(ConfigFile config, int headWidth, double defaultTheta) {
    RotaryConfigReader reader = of(config);
    if (reader.holder(PART).number(PART).orElse(1) != 1) {
      throw reader.holder(PART).invalid(PART, "Patchgrid rotates whole heads in this family");
    }
    return reader.read(THETA, defaultTheta, headWidth, headWidth);
  }

  /**
   * Of a family whose heads may turn in part.
   *
   * @param thetaKey of the base beside the section
   * @param partKey of the part of a head that turns, beside the section
   */
  static RotaryConfig partial(
      ConfigFile config, int headWidth, String thetaKey, String partKey, double otherwise) {
    RotaryConfigReader reader = of(config);
    String key = reader.holder(PART).has(PART) ? PART : partKey;
    ConfigFile holder = reader.holder(PART).has(PART) ? reader.holder(PART) : config;
    double part = holder.number(key).orElse(otherwise);
    if (!(part > 0 && part <= 1)) {
      throw holder.invalid(key, "it must be greater than 0 and at most 1");
    }
    return reader.read(thetaKey, DEFAULT_THETA, (int) (headWidth * part), headWidth);
  }

  /** Of the layers of one type, whose parameters are a section of their own since version 5. */
  static Optional<RotaryConfig> ofType(ConfigFile config, String type, int headWidth) {
    return config
        .section("rope_parameters")
        .flatMap(parameters -> parameters.section(type))
        .map(own -> new RotaryConfigReader(own, Optional.of(own)))
        .map(reader -> reader.read(THETA, DEFAULT_THETA, headWidth, headWidth));
  }

  /** Of layers with a base of their own and no scaling. */
  static RotaryConfig local(ConfigFile config, String thetaKey, int headWidth) {
    return new RotaryConfig(
        config.positive(thetaKey).orElse(DEFAULT_THETA),
        new RotaryConfig.Unscaled(),
        headWidth,
        RotaryPairs.HALVES);
  }

  private static RotaryConfigReader of(ConfigFile config) {
    return new RotaryConfigReader(config, config.section("rope_parameters"));
  }

  private RotaryConfig read(String thetaKey, double defaultTheta, int width, int headWidth) {
    if (width < 2 || width % 2 != 0) {
      throw config.invalid(
          config.has("head_dim") ? "head_dim" : "hidden_size",
          width == headWidth
              ? "rotary positions need heads of an even width, not " + headWidth
              : "rotary positions turn dimensions in pairs, and not %d of a head's %d"
                  .formatted(width, headWidth));
    }
    return new RotaryConfig(
        theta(thetaKey).orElse(defaultTheta),
        scaling.map(this::scaling).orElseGet(RotaryConfig.Unscaled::new),
        width,
        RotaryPairs.HALVES);
  }

  /** The section that has the key, or else the whole configuration. */
  private ConfigFile holder(String key) {
    return scaling
        .filter(section -> section.has(key))
        .or(() -> parameters.filter(section -> section.has(key)))
        .orElse(config);
  }

  private OptionalDouble theta(String key) {
    ConfigFile holder = holder(THETA);
    return holder.positive(holder == config ? key : THETA);
  }

  private RotaryConfig.Scaling scaling(ConfigFile section) {
    String key = section.has("rope_type") ? "rope_type" : "type";
    return switch (section.string(key).orElse("default")) {
      case "default" -> new RotaryConfig.Unscaled();
      case "linear" -> new RotaryConfig.Linear(requiredPositive(section, "factor"));
      case "llama3" -> llama3(section);
      default ->
          throw section.invalid(
              key, "Patchgrid has the rotary scalings default, linear and llama3 only");
    };
  }

  private RotaryConfig.Llama3 llama3(ConfigFile section) {
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

  private static double requiredPositive(ConfigFile section, String key) {
    return section.positive(key).orElseThrow(() -> section.missing(key));
  }
}
