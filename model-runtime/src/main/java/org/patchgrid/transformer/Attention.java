package org.patchgrid.transformer;

import static org.patchgrid.study.Component.K_NORM;
import static org.patchgrid.study.Component.K_PROJ;
import static org.patchgrid.study.Component.O_PROJ;
import static org.patchgrid.study.Component.PATTERN;
import static org.patchgrid.study.Component.Q_NORM;
import static org.patchgrid.study.Component.Q_PROJ;
import static org.patchgrid.study.Component.V_PROJ;
import static org.patchgrid.study.Component.Z;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;
import java.util.OptionalDouble;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.study.ModelStructure;

/**
 * Causal attention with grouped queries: each key-value head serves {@code query heads / key-value
 * heads} query heads that lie side by side.
 *
 * <p>Axes: N token, B row, T position, H query heads, K key-value heads, G = H / K, D head width.
 */
final class Attention {
  private final int layer;
  private final ModelStructure structure;
  private final TensorOps ops;
  private final AttentionWeights weights;
  private final Optional<HeadNorm> queryNorm;
  private final Optional<HeadNorm> keyNorm;
  private final Optional<RotaryEmbedding> rotary;
  private final NDArray scale; // []
  private final Optional<NDArray> cap; // []

  /**
   * @param manager owner of the few constants made here; must live as long as the weights
   * @param epsilon of the norms of queries and keys, []
   */
  Attention(
      NDManager manager,
      int layer,
      TransformerConfig config,
      TensorOps ops,
      AttentionWeights weights,
      NDArray epsilon) {
    LayerConfig own = config.layers().get(layer);
    OptionalDouble limit = config.attention().cap();
    this.layer = layer;
    this.structure = config.structure();
    this.ops = ops;
    this.weights = weights;
    this.queryNorm = weights.queryNorm().map(norm -> headNorm(ops, norm, epsilon));
    this.keyNorm = weights.keyNorm().map(norm -> headNorm(ops, norm, epsilon));
    this.rotary = own.rotary().map(RotaryEmbedding::new);
    this.scale = manager.create((float) own.scale());
    this.cap =
        limit.isPresent()
            ? Optional.of(manager.create((float) limit.getAsDouble()))
            : Optional.empty();
  }

  private static HeadNorm headNorm(TensorOps ops, NormWeights norm, NDArray epsilon) {
    return new HeadNorm(new Norm(ops, norm, epsilon), norm.weight().getShape().get(0));
  }

  /** From what feeds attention, [N, d_model], to the output projection, of the same width. */
  NDArray forward(NDArray x, Sequences sequences, Hooks hooks) {
    int queryHeads = structure.queryHeads();
    int keyValueHeads = structure.keyValueHeads();
    NDArray q = hooks.at(Q_PROJ, layer, weights.query().apply(x)); // [N, H * D]
    NDArray k = hooks.at(K_PROJ, layer, weights.key().apply(x)); // [N, K * D]
    NDArray v = hooks.at(V_PROJ, layer, weights.value().apply(x)); // [N, K * D]
    if (queryNorm.isPresent() && keyNorm.isPresent()) {
      q = hooks.at(Q_NORM, layer, queryNorm.get().forward(hooks.now(q)));
      k = hooks.at(K_NORM, layer, keyNorm.get().forward(hooks.now(k)));
    }

    NDArray query = rotated(q, sequences, queryHeads); // [B, H, T, D]
    NDArray key = rotated(k, sequences, keyValueHeads); // [B, K, T, D]
    NDArray scores = Lifetime.inPlaceOf(query, rows -> scores(rows, key)); // [B, H, T, T]
    NDArray pattern =
        hooks.at(
            PATTERN,
            layer,
            Lifetime.inPlaceOf(
                scores,
                rows -> ops.softmax(masked(rows, tables(sequences).mask())))); // [B, H, T, T]

    NDArray value = sequences.sequences(v, keyValueHeads); // [B, K, T, D]
    NDArray mixed = ungrouped(grouped(pattern).matMul(value)); // [B, H, T, D]
    NDArray z = hooks.at(Z, layer, sequences.tokens(mixed)); // [N, H * D]
    return hooks.at(O_PROJ, layer, weights.output().apply(z));
  }

  private AttentionTables tables(Sequences sequences) {
    return sequences.tables().layers().get(layer);
  }

  private NDArray rotated(NDArray tokens, Sequences sequences, int heads) {
    return Lifetime.inPlaceOf(
        tokens,
        x -> {
          NDArray whole = sequences.sequences(x, heads);
          return rotary.isEmpty()
              ? whole
              : rotary.get().rotate(whole, tables(sequences).rotation().orElseThrow());
        });
  }

  /**
   * Minus infinity where a query does not see a key. Nothing is written into what a module gives.
   */
  private NDArray masked(NDArray scores, NDArray mask) {
    NDArray scaled = scores.muli(scale);
    return cap.isEmpty()
        ? scaled.addi(mask)
        : Lifetime.inPlaceOf(scaled, x -> ops.softCap(x, cap.get())).add(mask);
  }

  private NDArray scores(NDArray query, NDArray key) {
    return ungrouped(grouped(query).matMul(key.swapAxes(2, 3))); // by way of [B, K, G * T, T]
  }

  /** [B, H, T, w] to [B, K, G * T, w]: the queries of one key-value head are one matrix. */
  private NDArray grouped(NDArray x) {
    return x.reshape(x.getShape().get(0), structure.keyValueHeads(), -1, x.getShape().get(3));
  }

  /** [B, K, G * T, w] to [B, H, T, w]. */
  private NDArray ungrouped(NDArray x) {
    int group = structure.queryHeads() / structure.keyValueHeads();
    long length = x.getShape().get(2) / group;
    return x.reshape(x.getShape().get(0), structure.queryHeads(), length, x.getShape().get(3));
  }
}
