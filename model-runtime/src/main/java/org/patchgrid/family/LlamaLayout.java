package org.patchgrid.family;

import java.util.List;
import java.util.Map;
import org.patchgrid.study.Component;

/** The names that Llama has and that most later families kept. */
final class LlamaLayout {
  /** The projections of a gated MLP and of attention. */
  static final List<CheckpointModule> PROJECTIONS =
      List.of(
          CheckpointModule.of(Component.Q_PROJ, "self_attn.q_proj"),
          CheckpointModule.of(Component.K_PROJ, "self_attn.k_proj"),
          CheckpointModule.of(Component.V_PROJ, "self_attn.v_proj"),
          CheckpointModule.of(Component.O_PROJ, "self_attn.o_proj"),
          CheckpointModule.of(Component.GATE_PROJ, "mlp.gate_proj"),
          CheckpointModule.of(Component.UP_PROJ, "mlp.up_proj"),
          CheckpointModule.of(Component.DOWN_PROJ, "mlp.down_proj"));

  /** One norm before attention and one before the MLP. */
  static final List<CheckpointModule> NORMS_BEFORE =
      List.of(
          CheckpointModule.of(Component.INPUT_LAYERNORM, "input_layernorm"),
          CheckpointModule.of(Component.POST_ATTENTION_LAYERNORM, "post_attention_layernorm"));

  static final List<CheckpointModule> QUERY_KEY_NORMS =
      List.of(
          CheckpointModule.of(Component.Q_NORM, "self_attn.q_norm"),
          CheckpointModule.of(Component.K_NORM, "self_attn.k_norm"));

  /** Norms behind attention and MLP, in families that have them. */
  static final List<CheckpointModule> NORMS_BEHIND =
      List.of(
          CheckpointModule.of(Component.SELF_ATTN, "post_attention_layernorm"),
          CheckpointModule.of(Component.MLP, "post_feedforward_layernorm"));

  static final CheckpointLayout LLAMA = of(List.of(NORMS_BEFORE, PROJECTIONS));

  private LlamaLayout() {}

  /** A layer of these modules, in which nothing comes behind attention and MLP. */
  static CheckpointLayout of(List<List<CheckpointModule>> modules) {
    return of(Map.of("self_attn", Component.SELF_ATTN, "mlp", Component.MLP), modules);
  }

  /** A layer in which a norm is behind attention and MLP: they end at their projections. */
  static CheckpointLayout withNormsBehind(List<List<CheckpointModule>> modules) {
    return of(Map.of("self_attn", Component.O_PROJ, "mlp", Component.DOWN_PROJ), modules);
  }

  private static CheckpointLayout of(
      Map<String, Component> parents, List<List<CheckpointModule>> modules) {
    return CheckpointLayout.of(
        "model.embed_tokens",
        "model.layers",
        modules.stream().flatMap(List::stream).toList(),
        parents,
        "model.norm",
        "lm_head");
  }
}
