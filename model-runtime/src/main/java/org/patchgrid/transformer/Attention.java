package org.patchgrid.transformer;

import static org.patchgrid.study.Component.K_PROJ;
import static org.patchgrid.study.Component.O_PROJ;
import static org.patchgrid.study.Component.PATTERN;
import static org.patchgrid.study.Component.Q_PROJ;
import static org.patchgrid.study.Component.V_PROJ;
import static org.patchgrid.study.Component.Z;

import ai.djl.ndarray.NDArray;
import org.patchgrid.hook.Hooks;
import org.patchgrid.study.ModelStructure;

/**
 * Causal attention with grouped queries: each key-value head serves {@code query heads / key-value
 * heads} query heads that lie side by side.
 *
 * <p>Axes: B row, T position, H query heads, K key-value heads, D head width.
 */
final class Attention {
  private final int layer;
  private final ModelStructure structure;
  private final AttentionWeights weights;
  private final RotaryEmbedding rotary;
  private final NDArray scale; // [], 1 / sqrt(D)

  Attention(
      int layer,
      ModelStructure structure,
      AttentionWeights weights,
      RotaryEmbedding rotary,
      NDArray scale) {
    this.layer = layer;
    this.structure = structure;
    this.weights = weights;
    this.rotary = rotary;
    this.scale = scale;
  }

  /**
   * From the normed residual stream [B, T, d_model] to the output projection, of the same shape.
   */
  NDArray forward(NDArray x, SequenceTables tables, Hooks hooks) {
    int queryHeads = structure.queryHeads();
    int keyValueHeads = structure.keyValueHeads();
    NDArray q = hooks.at(Q_PROJ, layer, weights.query().apply(x)); // [B, T, H * D]
    NDArray k = hooks.at(K_PROJ, layer, weights.key().apply(x)); // [B, T, K * D]
    NDArray v = hooks.at(V_PROJ, layer, weights.value().apply(x)); // [B, T, K * D]

    NDArray query = rotary.rotate(splitHeads(q, queryHeads), tables); // [B, H, T, D]
    NDArray key = shared(rotary.rotate(splitHeads(k, keyValueHeads), tables)); // [B, H, T, D]
    NDArray value = shared(splitHeads(v, keyValueHeads)); // [B, H, T, D]

    NDArray scores = query.matMul(key.swapAxes(2, 3)).mul(scale).add(tables.causalMask());
    NDArray pattern = hooks.at(PATTERN, layer, scores.softmax(-1)); // [B, H, T, T]
    NDArray z = hooks.at(Z, layer, joinHeads(pattern.matMul(value))); // [B, T, H * D]
    return hooks.at(O_PROJ, layer, weights.output().apply(z));
  }

  /** [B, T, heads * D] to [B, heads, T, D]. */
  private NDArray splitHeads(NDArray x, int heads) {
    long rows = x.getShape().get(0);
    long length = x.getShape().get(1);
    return x.reshape(rows, length, heads, structure.headWidth()).swapAxes(1, 2);
  }

  /** [B, H, T, D] to [B, T, H * D]. */
  private NDArray joinHeads(NDArray x) {
    long rows = x.getShape().get(0);
    long length = x.getShape().get(2);
    return x.swapAxes(1, 2)
        .reshape(rows, length, (long) structure.queryHeads() * structure.headWidth());
  }

  /** [B, K, T, D] to [B, H, T, D]: each key-value head as often as query heads share it. */
  private NDArray shared(NDArray x) {
    int group = structure.queryHeads() / structure.keyValueHeads();
    return group == 1 ? x : x.repeat(1, group);
  }
}
