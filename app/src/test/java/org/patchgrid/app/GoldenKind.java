package org.patchgrid.app;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kinds of golden files, {@code MODEL.PAIR.KIND.csv}, and the sweeps that measure what such a
 * file holds: no cell less, no cell more.
 */
enum GoldenKind {
  COMPONENTS("components = guide"),
  NOISING("directions = [noising], components = [mlp, self_attn, output]"),
  POSITIONS("components = [resid_pre, self_attn, mlp], positions = each"),
  HEADS("components = [self_attn.z], heads = each"),
  WINDOWS("components = [mlp], window = 5"),
  NOISING_HEADS("directions = [noising], components = [self_attn.z], heads = each"),
  NOISING_POSITIONS(
      "directions = [noising], components = [resid_pre, self_attn, mlp], positions = each"),
  NOISING_WINDOWS("directions = [noising], components = [mlp], window = 5"),
  QKV_HEADS(
      """
      directions = [denoising, noising], heads = each,
      components = [self_attn.q_proj, self_attn.k_proj, self_attn.v_proj]\
      """),
  NORMS_POSITIONS(
      """
      positions = each,
      components = [input_layernorm, post_attention_layernorm, self_attn.q_proj, self_attn.k_proj,
        self_attn.v_proj, mlp.gate_proj, mlp.up_proj, mlp.act, resid_mid, output]\
      """),
  HEAD_POSITIONS("components = [self_attn.z], heads = each, positions = each"),
  PATTERN(
      "components = [self_attn.pattern], heads = each",
      "components = [self_attn.pattern], heads = each, positions = each"),
  ABLATION(
      "value = zero, components = [self_attn.z, mlp, self_attn], heads = each",
      "value = mean, components = [self_attn.z, mlp, self_attn], heads = each"),
  ROME_NOISE("corruption = noise { label = subject }, components = [output], positions = each"),
  ROME_NOISE_WINDOWS(
      """
      corruption = noise { label = subject }, components = [mlp, self_attn], window = 3,
      positions = each\
      """),
  ATTRIBUTION(attribution("all")),
  ATTRIBUTION_POSITIONS(attribution("each")),
  PATHS_CAPITAL_FRANCE_ITALY(
      paths(
          "q_proj@5.0",
          "k_proj@5.0",
          "v_proj@5.0",
          "q_proj@5.2",
          "q_proj@4.5",
          "k_proj@4.1",
          "v_proj@4.1")),
  PATHS_IOI_MARY_JOHN(
      paths(
          "q_proj@5.1",
          "k_proj@5.0",
          "v_proj@5.0",
          "q_proj@5.2",
          "q_proj@3.2",
          "k_proj@3.0",
          "v_proj@3.0"));

  private static final String PATHS = "paths";

  private final String[] sweeps;

  GoldenKind(String... sweeps) {
    this.sweeps = sweeps;
  }

  /** As in a file's name. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String attribution(String positions) {
    return "value = attribution, directions = [denoising, noising], components = [mlp, self_attn, self_attn.z], heads = each, positions = "
        + positions;
  }

  /** Paths to the golden receivers, which are others for each pair: a sweep each way to freeze. */
  private static String[] paths(String... receivers) {
    String attention =
        Stream.of(receivers).map(r -> "\"self_attn." + r + "\"").collect(Collectors.joining(", "));
    return Stream.of("heads", "heads-and-mlps")
        .map(
            freeze ->
                "directions = [denoising, noising], components = [self_attn.z, mlp], heads = each, freeze = %s, receivers = [final, %s]"
                    .formatted(freeze, attention))
        .toArray(String[]::new);
  }

  /**
   * The kind of a row in a file.
   *
   * @throws IllegalArgumentException if there is no such kind
   */
  static GoldenKind of(String label, String pair, String component, String position) {
    String name = label.equals(PATHS) ? label + "-" + pair : label;
    GoldenKind kind = valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    if (kind == ROME_NOISE && !component.equals("output")) {
      return ROME_NOISE_WINDOWS;
    }
    return kind == ATTRIBUTION && !position.isEmpty() ? ATTRIBUTION_POSITIONS : kind;
  }

  boolean isOfNoise() {
    return this == ROME_NOISE || this == ROME_NOISE_WINDOWS;
  }

  /** Whether its values depend on pairs beside those that have golden values. */
  boolean isOfPromptSet() {
    return this == ABLATION || isOfNoise();
  }

  /**
   * The sweeps of a study file, a line each.
   *
   * @param layers a value of the key {@code layers}
   */
  String sweeps(String layers) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < sweeps.length; i++) {
      text.append("  \"%s-%d\" { layers = %s, %s }%n".formatted(label(), i + 1, layers, sweeps[i]));
    }
    return text.toString();
  }
}
