package org.patchgrid.study;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What can be patched inside a layer, named by its role in a Llama layer (contract, section 2).
 *
 * <p>In declaration order, which is the order in which a layer computes them.
 */
public enum Component {
  /** The residual stream that enters the layer. */
  RESID_PRE("resid_pre", HeadAxis.NONE, "hook_resid_pre"),
  /** The norm that feeds attention. */
  INPUT_LAYERNORM("input_layernorm", HeadAxis.NONE),
  /** Queries: projection output with bias, before q-norm and rotation. */
  Q_PROJ("self_attn.q_proj", HeadAxis.QUERY, "hook_q", "attn.hook_q"),
  /** Keys: projection output with bias, before k-norm and rotation. */
  K_PROJ("self_attn.k_proj", HeadAxis.KEY_VALUE, "hook_k", "attn.hook_k"),
  /** Values: projection output with bias. */
  V_PROJ("self_attn.v_proj", HeadAxis.KEY_VALUE, "hook_v", "attn.hook_v"),
  /** Queries after the q-norm, in families that have one. */
  Q_NORM("self_attn.q_norm", HeadAxis.QUERY),
  /** Keys after the k-norm, in families that have one. */
  K_NORM("self_attn.k_norm", HeadAxis.KEY_VALUE),
  /** Attention probabilities: a row of source positions per query position. */
  PATTERN("self_attn.pattern", HeadAxis.QUERY, "hook_pattern", "attn.hook_pattern"),
  /** What the heads read, side by side: the input of the output projection. */
  Z("self_attn.z", HeadAxis.QUERY, "hook_z", "attn.hook_z"),
  /** The output projection. */
  O_PROJ("self_attn.o_proj", HeadAxis.NONE),
  /** What attention adds to the residual stream (after a post-norm, if the family has one). */
  SELF_ATTN("self_attn", HeadAxis.NONE, "hook_attn_out"),
  /** The residual stream between attention and MLP. */
  RESID_MID("resid_mid", HeadAxis.NONE, "hook_resid_mid"),
  /** The norm that feeds the MLP. */
  POST_ATTENTION_LAYERNORM("post_attention_layernorm", HeadAxis.NONE),
  /** The gate of a gated MLP, before the activation function. */
  GATE_PROJ("mlp.gate_proj", HeadAxis.NONE),
  /** The projection into the MLP. */
  UP_PROJ("mlp.up_proj", HeadAxis.NONE, "mlp.hook_pre_linear"),
  /** The input of the MLP's output projection. */
  ACT("mlp.act", HeadAxis.NONE, "hook_post", "mlp.hook_post"),
  /** The MLP's output projection. */
  DOWN_PROJ("mlp.down_proj", HeadAxis.NONE),
  /** What the MLP adds to the residual stream (after a post-norm, if the family has one). */
  MLP("mlp", HeadAxis.NONE, "hook_mlp_out"),
  /** The residual stream that leaves the layer. */
  OUTPUT("output", HeadAxis.NONE, "resid_post", "hook_resid_post");

  /** The twelve of the guide: eleven module outputs and the whole layer's. */
  public static final List<Component> GUIDE =
      List.of(
          INPUT_LAYERNORM,
          Q_PROJ,
          K_PROJ,
          V_PROJ,
          O_PROJ,
          SELF_ATTN,
          POST_ATTENTION_LAYERNORM,
          GATE_PROJ,
          UP_PROJ,
          DOWN_PROJ,
          MLP,
          OUTPUT);

  private static final Map<String, Component> BY_NAME =
      Stream.of(values())
          .flatMap(
              c ->
                  Stream.concat(Stream.of(c.roleName), c.aliases.stream())
                      .map(n -> Map.entry(n, c)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final String roleName;
  private final HeadAxis headAxis;
  private final List<String> aliases;

  Component(String roleName, HeadAxis headAxis, String... aliases) {
    this.roleName = roleName;
    this.headAxis = headAxis;
    this.aliases = List.of(aliases);
  }

  /** The name that tables store, for example {@code self_attn.q_proj}. */
  public String roleName() {
    return roleName;
  }

  public HeadAxis headAxis() {
    return headAxis;
  }

  /** Whether this is the residual stream itself and not something that is added to it. */
  public boolean isResidualStream() {
    return this == RESID_PRE || this == RESID_MID || this == OUTPUT;
  }

  /** The component of a role name or of an alias that every family shares. */
  public static Optional<Component> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  @Override
  public String toString() {
    return roleName;
  }
}
