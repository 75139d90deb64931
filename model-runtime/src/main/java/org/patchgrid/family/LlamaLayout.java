package org.patchgrid.family;

import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.GATE_PROJ;
import static org.patchgrid.study.Component.INPUT_LAYERNORM;
import static org.patchgrid.study.Component.K_NORM;
import static org.patchgrid.study.Component.K_PROJ;
import static org.patchgrid.study.Component.MLP;
import static org.patchgrid.study.Component.O_PROJ;
import static org.patchgrid.study.Component.POST_ATTENTION_LAYERNORM;
import static org.patchgrid.study.Component.Q_NORM;
import static org.patchgrid.study.Component.Q_PROJ;
import static org.patchgrid.study.Component.SELF_ATTN;
import static org.patchgrid.study.Component.UP_PROJ;
import static org.patchgrid.study.Component.V_PROJ;

import java.util.List;
import java.util.Map;
import org.patchgrid.study.Component;

/** The names that Llama has and that most later families kept. */
final class LlamaLayout {
  /** The projections of a gated MLP and of attention. */
  static final List<CheckpointModule> PROJECTIONS =
      List.of(
          CheckpointModule.of(Q_PROJ, "self_attn.q_proj"),
          CheckpointModule.of(K_PROJ, "self_attn.k_proj"),
          CheckpointModule.of(V_PROJ, "self_attn.v_proj"),
          CheckpointModule.of(O_PROJ, "self_attn.o_proj"),
          CheckpointModule.of(GATE_PROJ, "mlp.gate_proj"),
          CheckpointModule.of(UP_PROJ, "mlp.up_proj"),
          CheckpointModule.of(DOWN_PROJ, "mlp.down_proj"));

  /** One norm before attention and one before the MLP. */
  static final List<CheckpointModule> NORMS_BEFORE =
      List.of(
          CheckpointModule.of(INPUT_LAYERNORM, "input_layernorm"),
          CheckpointModule.of(POST_ATTENTION_LAYERNORM, "post_attention_layernorm"));

  /** The norms of queries and keys. */
  static final List<CheckpointModule> QUERY_KEY_NORMS =
      List.of(
          CheckpointModule.of(Q_NORM, "self_attn.q_norm"),
          CheckpointModule.of(K_NORM, "self_attn.k_norm"));

  /** Norms behind attention and MLP, in families that have them. */
  static final List<CheckpointModule> NORMS_BEHIND =
      List.of(
          CheckpointModule.of(SELF_ATTN, "post_attention_layernorm"),
          CheckpointModule.of(MLP, "post_feedforward_layernorm"));

  /** Llama itself. */
  static final CheckpointLayout LLAMA = of(List.of(NORMS_BEFORE, PROJECTIONS));

  private LlamaLayout() {}

  /** A layer of these modules, in which nothing comes behind attention and MLP. */
  static CheckpointLayout of(List<List<CheckpointModule>> modules) {
    return of(Map.of("self_attn", SELF_ATTN, "mlp", MLP), modules);
  }

  /** A layer in which a norm is behind attention and MLP: they end at their projections. */
  static CheckpointLayout withNormsBehind(List<List<CheckpointModule>> modules) {
    return of(Map.of("self_attn", O_PROJ, "mlp", DOWN_PROJ), modules);
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
