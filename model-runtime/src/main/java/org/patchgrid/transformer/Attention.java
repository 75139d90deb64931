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
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.study.HookPoint;
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

    NDArray query = rotated(q, sequences, structure.queryHeads()); // [N, H * D]
    NDArray key = rotated(k, sequences, structure.keyValueHeads()); // [N, K * D]
    sequences.attend();
    NDArray gathered =
        hooks.watches(new HookPoint(PATTERN, layer))
            ? gatheredByPattern(query, key, v, sequences, hooks)
            : gathered(query, key, v, sequences); // [N, H * D], of the tokens that go on
    NDArray z = hooks.at(Z, layer, gathered);
    return hooks.at(O_PROJ, layer, weights.output().apply(z));
  }

  /**
   * What the heads gather, values in the proportions of their patterns: [N, H * D]. Nobody sees the
   * pattern, so that it is there for a few tiles at a time.
   */
  private NDArray gathered(NDArray query, NDArray key, NDArray v, Sequences sequences) {
    return Lifetime.inPlaceOf(
        query,
        x -> {
          NDArray tiles = sequences.queries(x, structure.queryHeads()); // [X, H, Q, D]
          List<TileRange> ranges =
              sequences.tables().ranges(tiles.getShape().get(0), structure.queryHeads());
          NDArray gathered =
              ranges.size() == 1
                  ? gathered(tiles, key, v, ranges.get(0), sequences)
                  : byRanges(ranges, tiles, key, v, sequences); // [X, H, Q, D]
          key.close();
          return sequences.tokens(gathered);
        });
  }

  private NDArray byRanges(
      List<TileRange> ranges, NDArray tiles, NDArray key, NDArray v, Sequences sequences) {
    // Made before all of them: results in between would leave holes in memory, each a little too
    // small for the next range. (DJL makes no empty array of bfloat16.)
    NDArray gathered = tiles.duplicate(); // all of which is written below
    for (TileRange range : ranges) {
      try (NDArray some =
          Lifetime.inPlaceOf(
              range.of(tiles), queries -> gathered(queries, key, v, range, sequences))) {
        gathered.set(range.index(), some);
      }
    }
    return gathered;
  }

  /** The same of some tiles: [X, H, Q, D], as their queries are. */
  private NDArray gathered(
      NDArray queries, NDArray key, NDArray v, TileRange range, Sequences sequences) {
    NDArray scores = limited(scores(queries, key, range, sequences)); // [X, H, Q, T]
    NDArray mask = mask(queries, range, sequences); // [X, 1, Q, T]
    return mixed(ops.softmax(masked(scores, mask)), v, range, sequences);
  }

  /** The same by the pattern of all tokens, which hooks see. */
  private NDArray gatheredByPattern(
      NDArray query, NDArray key, NDArray v, Sequences sequences, Hooks hooks) {
    NDArray scores =
        limited(
            Lifetime.inPlaceOf(
                query,
                x -> {
                  NDArray tiles = sequences.queries(x, structure.queryHeads()); // [X, H, Q, D]
                  return sequences.tokens(scores(tiles, key, all(tiles), sequences));
                })); // [N, H * T]
    key.close();
    NDArray pattern =
        Lifetime.inPlaceOf(
            scores,
            x -> {
              NDArray mask = sequences.atPositions(tables(sequences).mask(), x).expandDims(1);
              return ops.softmax(masked(byHead(x), mask)).reshape(x.getShape());
            }); // [N, H * T]
    return Lifetime.inPlaceOf(
        hooks.at(PATTERN, layer, pattern),
        x -> {
          NDArray tiles = sequences.queries(x, structure.queryHeads()); // [X, H, Q, T]
          return sequences.tokens(mixed(tiles, v, all(tiles), sequences));
        });
  }

  /** Of the queries of some tiles, an array that is owned with them. */
  private NDArray mask(NDArray queries, TileRange range, Sequences sequences) {
    NDManager owner = queries.getManager();
    try (NDArray positions = NativeArrays.of(owner, sequences.positions(range));
        NDArray rows = tables(sequences).mask().get(positions)) {
      NDArray mask = rows.reshape(range.count(), 1, sequences.tables().tile(), -1);
      mask.attach(owner); // the table's lives on
      return mask;
    }
  }

  private static TileRange all(NDArray tiles) {
    return new TileRange(0, Math.toIntExact(tiles.getShape().get(0)));
  }

  private AttentionTables tables(Sequences sequences) {
    return sequences.tables().layers().get(layer);
  }

  /** Products of queries and keys: from [X, H, Q, D] to [X, H, Q, T]. */
  private NDArray scores(NDArray queries, NDArray key, TileRange range, Sequences sequences) {
    try (NDArray keys = sequences.keys(key, structure.keyValueHeads(), range); // [X, K, T, D]
        NDArray turned = keys.swapAxes(2, 3)) {
      return ungrouped(grouped(queries).matMul(turned));
    }
  }

  /** Products of patterns and values: from [X, H, Q, T] to [X, H, Q, D]. */
  private NDArray mixed(NDArray pattern, NDArray v, TileRange range, Sequences sequences) {
    try (NDArray values = sequences.keys(v, structure.keyValueHeads(), range)) { // [X, K, T, D]
      return ungrouped(grouped(pattern).matMul(values));
    }
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
          return rotary.get().rotate(byHead, rotation, ops).reshape(x.getShape());
        });
  }

  /** Scaled, and capped where the model has a cap. */
  private NDArray limited(NDArray scores) {
    NDArray scaled = scores.muli(scale);
    return cap.isEmpty() ? scaled : Lifetime.inPlaceOf(scaled, x -> ops.softCap(x, cap.get()));
  }

  /**
   * Minus infinity where a query does not see a key, by a mask of the same shape with one head.
   * Nothing is written into what a module gives.
   */
  private NDArray masked(NDArray scores, NDArray mask) {
    return cap.isEmpty() ? scores.addi(mask) : scores.add(mask);
  }

  /** [N, H, T], what was [N, H * T]. */
  private NDArray byHead(NDArray scores) {
    return scores.reshape(scores.getShape().get(0), structure.queryHeads(), -1);
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
