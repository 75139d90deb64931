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
 * <p>Axes: N token, X tile, Q position in a tile, T position, H query heads, K key-value heads, G =
 * H / K, D head width.
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
    NDArray q = hooks.at(Q_PROJ, layer, weights.query().apply(x)); // [N, H * D]
    NDArray k = hooks.at(K_PROJ, layer, weights.key().apply(x)); // [N, K * D]
    NDArray v = hooks.at(V_PROJ, layer, weights.value().apply(x)); // [N, K * D]
    if (queryNorm.isPresent() && keyNorm.isPresent()) {
      q = hooks.at(Q_NORM, layer, Lifetime.inPlaceOf(hooks.now(q), queryNorm.get()::forward));
      k = hooks.at(K_NORM, layer, Lifetime.inPlaceOf(hooks.now(k), keyNorm.get()::forward));
    }

    NDArray scores = limited(scores(q, k, sequences)); // [N, H * T], of the tokens that go on
    NDArray masked = Lifetime.inPlaceOf(scores, all -> masked(all, sequences)); // [N, H * T]
    NDArray pattern =
        hooks.at(PATTERN, layer, Lifetime.inPlaceOf(masked, this::pattern)); // [N, H * T]
    NDArray mixed = mixed(pattern, v, sequences); // [N, H * D]
    NDArray z = hooks.at(Z, layer, mixed);
    return hooks.at(O_PROJ, layer, weights.output().apply(z));
  }

  private AttentionTables tables(Sequences sequences) {
    return sequences.tables().layers().get(layer);
  }

  /** Products of queries and keys. */
  private NDArray scores(NDArray q, NDArray k, Sequences sequences) {
    NDArray query = rotated(q, sequences, structure.queryHeads()); // [N, H * D]
    NDArray key = rotated(k, sequences, structure.keyValueHeads()); // [N, K * D]
    sequences.attend();
    return Lifetime.inPlaceOf(
        query,
        x -> {
          NDArray keys = sequences.keys(key, structure.keyValueHeads()); // [X, K, T, D]
          NDArray tiles = grouped(sequences.queries(x, structure.queryHeads())); // [X, K, G * Q, D]
          NDArray products = ungrouped(tiles.matMul(keys.swapAxes(2, 3))); // [X, H, Q, T]
          keys.close();
          key.close();
          return sequences.tokens(products);
        });
  }

  /** [N, heads * D], as is the result. */
  private NDArray rotated(NDArray tokens, Sequences sequences, int heads) {
    if (rotary.isEmpty()) {
      return tokens;
    }
    Rotation all = tables(sequences).rotation().orElseThrow(); // [T, R]
    return Lifetime.inPlaceOf(
        tokens,
        x -> {
          Rotation rotation =
              new Rotation(
                  sequences.atPositions(all.cosine(), x).expandDims(1),
                  sequences.atPositions(all.sine(), x).expandDims(1));
          NDArray byHead = x.reshape(x.getShape().get(0), heads, -1);
          return rotary.get().rotate(byHead, rotation).reshape(x.getShape());
        });
  }

  /** Scaled, and capped where the model has a cap. */
  private NDArray limited(NDArray scores) {
    NDArray scaled = scores.muli(scale);
    return cap.isEmpty() ? scaled : Lifetime.inPlaceOf(scaled, x -> ops.softCap(x, cap.get()));
  }

  /**
   * Minus infinity where a query does not see a key: [N, H * T] both. Nothing is written into what
   * a module gives.
   */
  private NDArray masked(NDArray scores, Sequences sequences) {
    NDArray mask = sequences.atPositions(tables(sequences).mask(), scores).expandDims(1);
    NDArray byHead = byHead(scores);
    return (cap.isEmpty() ? byHead.addi(mask) : byHead.add(mask)).reshape(scores.getShape());
  }

  /** From scores to probabilities, each head's by itself: [N, H * T] both. */
  private NDArray pattern(NDArray scores) {
    return ops.softmax(byHead(scores)).reshape(scores.getShape());
  }

  /** [N, H, T], what was [N, H * T]. */
  private NDArray byHead(NDArray scores) {
    return scores.reshape(scores.getShape().get(0), structure.queryHeads(), -1);
  }

  /** What the heads gather: values in the proportions of the pattern. */
  private NDArray mixed(NDArray pattern, NDArray v, Sequences sequences) {
    return Lifetime.inPlaceOf(
        pattern,
        x -> {
          NDArray values = sequences.keys(v, structure.keyValueHeads()); // [X, K, T, D]
          NDArray tiles = grouped(sequences.queries(x, structure.queryHeads())); // [X, K, G * Q, T]
          NDArray products = ungrouped(tiles.matMul(values)); // [X, H, Q, D]
          values.close();
          return sequences.tokens(products);
        });
  }

  /** [X, H, Q, w] to [X, K, G * Q, w]: the queries of one key-value head are one matrix. */
  private NDArray grouped(NDArray x) {
    return x.reshape(x.getShape().get(0), structure.keyValueHeads(), -1, x.getShape().get(3));
  }

  /** [X, K, G * Q, w] to [X, H, Q, w]. */
  private NDArray ungrouped(NDArray x) {
    int group = structure.queryHeads() / structure.keyValueHeads();
    long queries = x.getShape().get(2) / group;
    return x.reshape(x.getShape().get(0), structure.queryHeads(), queries, x.getShape().get(3));
  }
}
