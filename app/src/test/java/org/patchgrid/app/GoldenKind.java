package org.patchgrid.app;

import java.util.Locale;

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
      "components = [self_attn.pattern], heads = each, positions = each");

  private final String[] sweeps;

  GoldenKind(String... sweeps) {
    this.sweeps = sweeps;
  }

  /** As in a file's name. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException if there is no such kind
   */
  static GoldenKind of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
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
