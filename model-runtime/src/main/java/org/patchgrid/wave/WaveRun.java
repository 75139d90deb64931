package org.patchgrid.wave;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.patchgrid.hook.EmbeddingNoise;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.NoiseSample;
import org.patchgrid.patch.Origin;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.SequenceTables;
import org.patchgrid.transformer.Sequences;
import org.patchgrid.transformer.TileRange;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.wave.EffectivePatch.Value;
import org.patchgrid.wave.EffectivePatch.Written;

/**
 * One forward pass of a wave: the tensors that follow {@link WaveTokens}. Joining, sharing and
 * patching are all one operation: the value to go on with is a selection of tokens (of heads of
 * tokens, where a patch is of one head) of the value that came, and of constants. Nothing is
 * computed, so every bit is one that an ordinary run would have. Used once.
 */
final class WaveRun implements Hooks, Sequences {
  private final Transformer transformer;
  private final ModelStructure structure;
  private final WaveRows rows;
  private final SequenceTables tables;
  private final WaveTokens tokens;
  private final Map<Integer, NoiseSample> noise;
  private final Constants constants;
  private final Set<HookPoint> fired = new HashSet<>();
  private final IdentityHashMap<NDArray, TokenSet> named = new IdentityHashMap<>();
  private final List<TokenSet> stages = new ArrayList<>();
  private final Map<Integer, HeadIndex> headIndices = new HashMap<>(); // by number of heads
  private final List<TokenIndex> indices = new ArrayList<>(); // of one attention
  private QueryTiles tiles;
  private TokenSet ofTiles;
  private int layer;

  /**
   * Some tokens of a value: made once for query, key and value where no row joins between them.
   *
   * @param what what they are for
   * @param from the tokens chosen from
   * @param to the tokens chosen for
   */
  private record TokenIndex(Use what, TokenSet from, TokenSet to, NDArray index) {}

  /** What an index of tokens is for. */
  private enum Use {
    /** The position of each token, [N]. */
    POSITIONS,
    /** The tokens of the tiles, [X, 1, Q]. */
    QUERIES,
    /** Those of the tiles' sequences, [X, 1, T]. */
    KEYS
  }

  /**
   * What makes an index of heads of one of tokens: computed where the tensors are, since indices of
   * heads are long.
   *
   * @param count [1], the number of heads
   * @param inToken [heads, 1], from 0
   * @param inTile [heads], the first position of each
   */
  private record HeadIndex(NDArray count, NDArray inToken, NDArray inTile) {}

  /**
   * @param noise on the embeddings of corrupted runs, by their row
   */
  WaveRun(
      Transformer transformer,
      WaveRows rows,
      SequenceTables tables,
      Map<Integer, NoiseSample> noise,
      Constants constants) {
    this.transformer = transformer;
    this.structure = transformer.structure();
    this.rows = rows;
    this.tables = tables;
    this.noise = noise;
    this.constants = constants;
    this.tokens = new WaveTokens(rows, structure.layers());
    stages.add(tokens.current());
    this.ofTiles = tokens.current();
    this.tiles = new QueryTiles(ofTiles, rows);
  }

  /** The tokens that the pass begins with. */
  TokenSet initialTokens() {
    return stages.get(0);
  }

  @Override
  public NDArray embedded(NDArray value) {
    if (noise.isEmpty()) {
      return value;
    }
    TokenSet initial = initialTokens();
    int width = structure.modelWidth();
    EmbeddingNoise added = new EmbeddingNoise(width);
    for (int token = 0; token < initial.size(); token++) {
      NoiseSample sample = noise.get(initial.row(token));
      int position = initial.position(token);
      if (sample != null && sample.span().contains(position)) {
        added.put(token, sample.values(position, width));
      }
    }
    return added.embedded(value);
  }

  @Override
  public NDArray at(HookPoint point, NDArray value) {
    if (point.component() == Component.RESID_PRE) {
      beginLayer(point.layer(), value);
    }
    TokenSet from = tokensOf(value);
    tokens.join(point);
    Map<Integer, EffectivePatch> patches = fire(point);
    TokenSet to = tokens.current();
    NDArray result = patches.isEmpty() ? select(value, from, to) : patch(value, from, to, patches);
    stages.add(to);
    named.put(result, to);
    if (result != value) {
      named.remove(value);
      value.close();
    }
    return result;
  }

  /** What came before is of no use any more, and its arrays are closed. */
  private void beginLayer(int next, NDArray value) {
    layer = next;
    forgetIndices();
    named.clear();
    named.put(value, tokens.current());
    stages.clear();
    stages.add(tokens.current());
  }

  @Override
  public boolean watches(HookPoint point) {
    return !tokens.patches(point).isEmpty();
  }

  private Map<Integer, EffectivePatch> fire(HookPoint point) {
    Map<Integer, EffectivePatch> patches = tokens.patches(point);
    if (!patches.isEmpty() && !fired.add(point)) {
      throw new IllegalStateException("The hook of " + point + " fired twice");
    }
    return patches;
  }

  /**
   * The tokens of a value: those it was given here; else, since a value has no token more and none
   * less than what it was computed from, those of that number (rows only join between attentions).
   */
  private TokenSet tokensOf(NDArray value) {
    TokenSet known = named.get(value);
    if (known != null) {
      return known;
    }
    long count = value.getShape().get(0);
    for (int i = stages.size() - 1; i >= 0; i--) {
      if (stages.get(i).size() == count) {
        return stages.get(i);
      }
    }
    throw new IllegalStateException("No value of the pass has " + count + " tokens");
  }

  @Override
  public NDArray now(NDArray earlier) {
    TokenSet from = tokensOf(earlier);
    return select(earlier, from, tokens.current());
  }

  private static NDArray select(NDArray value, TokenSet from, TokenSet to) {
    if (from == to) {
      return value;
    }
    long[] index = new long[to.size()];
    for (int token = 0; token < index.length; token++) {
      index[token] = from.find(to.row(token), to.position(token));
    }
    return gather(value, index);
  }

  private NDArray patch(
      NDArray value, TokenSet from, TokenSet to, Map<Integer, EffectivePatch> patches) {
    HookPoint point = patches.values().iterator().next().point();
    long width = value.getShape().get(1);
    int heads = structure.heads(point.component());
    int parts = parts(patches.values(), heads); // of a token, each taken from one place
    ConstantRows constantRows = new ConstantRows(point, Math.toIntExact(width), value);
    PatternEntries entries = new PatternEntries(heads, rows.length());
    @Nullable EffectivePatch[] byRow = new EffectivePatch[rows.count()];
    patches.forEach((row, patch) -> byRow[row] = patch);
    long[] index = new long[Math.multiplyExact(to.size(), parts)];
    for (int token = 0; token < to.size(); token++) {
      int row = to.row(token);
      int position = to.position(token);
      Arrays.fill(
          index, token * parts, (token + 1) * parts, (long) from.find(row, position) * parts);
      if (byRow[row] != null) {
        for (Written written : byRow[row].written()) {
          if (written.positions().get(position)) {
            long place = place(written.value(), row, position, from, constantRows);
            if (written.sourcePosition().isPresent()) {
              entries.add(token, place, written);
              continue;
            }
            for (int part = 0; part < parts; part++) {
              if (parts == 1 || written.heads().covers(part)) {
                index[token * parts + part] = place * parts;
              }
            }
          }
        }
      }
      for (int part = 0; part < parts; part++) {
        index[token * parts + part] += part;
      }
    }
    try (NDArray all = constantRows.behind();
        NDArray byPart = all.reshape(-1, width / parts);
        NDArray gathered = gather(byPart, index)) {
      NDArray result = gathered.reshape(to.size(), width);
      entries.write(all, result);
      return result;
    }
  }

  /** Into how many parts of equal width patches of these heads cut a token's value. */
  private static int parts(Collection<EffectivePatch> patches, int heads) {
    boolean whole =
        patches.stream()
            .flatMap(patch -> patch.written().stream())
            .allMatch(written -> written.heads() instanceof HeadSelection.All);
    return whole ? 1 : heads;
  }

  /** Where a token's value is to be found: among the pass's, or behind them among constants. */
  private int place(Value value, int row, int position, TokenSet from, ConstantRows constantRows) {
    return value instanceof Value.Constant constant
        ? from.size() + constantRows.place(constant.constant(), position)
        : from.find(rows.owner(row, value), position);
  }

  /** Constants that are written at one point, one row each. */
  private final class ConstantRows {
    private final HookPoint point;
    private final int width;
    private final NDArray value;
    private final Map<Place, Integer> places = new LinkedHashMap<>();

    private record Place(Origin.Constant constant, int position) {}

    ConstantRows(HookPoint point, int width, NDArray value) {
      this.point = point;
      this.width = width;
      this.value = value;
    }

    int place(Origin.Constant constant, int position) {
      return places.computeIfAbsent(new Place(constant, position), key -> places.size());
    }

    /** The value with the constants behind it, an array of its own. */
    NDArray behind() {
      if (places.isEmpty()) {
        return value.reshape(value.getShape());
      }
      float[] values = new float[places.size() * width];
      places.forEach(
          (key, place) ->
              System.arraycopy(
                  constants.values(point, key.constant(), key.position(), width),
                  0,
                  values,
                  place * width,
                  width));
      try (NDArray wide = NativeArrays.of(value.getManager(), values, places.size(), width);
          NDArray rowsBehind = transformer.narrow(wide)) {
        return value.concat(rowsBehind, 0);
      }
    }
  }

  @Override
  public SequenceTables tables() {
    return tables;
  }

  /** The tokens are those that the pass began with. */
  @Override
  public long[] positions(int count) {
    return IntStream.range(0, count).mapToLong(token -> initialTokens().position(token)).toArray();
  }

  @Override
  public NDArray atPositions(NDArray table, NDArray value) {
    TokenSet from = tokensOf(value);
    NDArray index = index(Use.POSITIONS, from, from);
    NDArray result = gather(table, index);
    result.attach(value.getManager());
    return result;
  }

  @Override
  public long[] positions(TileRange range) {
    QueryTiles ofQueries = tiles(tokens.current());
    int size = tables.tile();
    long[] positions = new long[range.count() * size];
    for (int place = 0; place < positions.length; place++) {
      int first = ofQueries.first(range.from() + place / size);
      positions[place] = Math.min(first + place % size, rows.length() - 1);
    }
    return positions;
  }

  @Override
  public void attend() {
    tokens.attend(layer);
  }

  @Override
  public NDArray queries(NDArray value, int heads) {
    return ofHeads(value, heads, index(Use.QUERIES, tokensOf(value), tokens.current()));
  }

  @Override
  public NDArray keys(NDArray value, int heads, TileRange range) {
    try (NDArray index = range.of(index(Use.KEYS, tokensOf(value), tokens.current()))) {
      return ofHeads(value, heads, index);
    }
  }

  /**
   * Every head of some tokens.
   *
   * @param index [X, 1, T]
   * @return [X, heads, T, width of a head]
   */
  private NDArray ofHeads(NDArray value, int heads, NDArray index) {
    long headWidth = value.getShape().get(1) / heads;
    HeadIndex ofHeads = headIndex(heads);
    try (NDArray first = index.mul(ofHeads.count());
        NDArray every = first.add(ofHeads.inToken()); // [X, heads, T]
        NDArray flat = every.reshape(-1);
        NDArray byHead = value.reshape(-1, headWidth);
        NDArray gathered = gather(byHead, flat)) {
      return gathered.reshape(every.getShape().add(headWidth));
    }
  }

  private NDArray index(Use use, TokenSet from, TokenSet to) {
    for (TokenIndex known : indices) {
      if (known.what() == use && known.from() == from && known.to() == to) {
        return known.index();
      }
    }
    NDArray made =
        switch (use) {
          case POSITIONS -> positionIndex(from);
          case QUERIES -> queryIndex(from, tiles(to));
          case KEYS -> keyIndex(from, tiles(to));
        };
    indices.add(new TokenIndex(use, from, to, made));
    return made;
  }

  private NDArray positionIndex(TokenSet from) {
    long[] index = new long[from.size()];
    for (int token = 0; token < index.length; token++) {
      index[token] = from.position(token);
    }
    return NativeArrays.of(pass(), index);
  }

  /** A tile may have positions that no token is needed of, or that no sequence has: any will do. */
  private NDArray queryIndex(TokenSet from, QueryTiles ofQueries) {
    int size = tables.tile();
    long[] index = new long[ofQueries.count() * size];
    for (int tile = 0; tile < ofQueries.count(); tile++) {
      for (int query = 0; query < size; query++) {
        int position = ofQueries.first(tile) + query;
        index[tile * size + query] =
            position < rows.length() ? from.findOr(ofQueries.row(tile), position, 0) : 0;
      }
    }
    return NativeArrays.of(pass(), index, ofQueries.count(), 1, size);
  }

  private NDArray keyIndex(TokenSet from, QueryTiles ofQueries) {
    int length = rows.length();
    long[] index = new long[ofQueries.count() * length];
    for (int tile = 0; tile < ofQueries.count(); tile++) {
      for (int position = 0; position < length; position++) {
        index[tile * length + position] = from.find(ofQueries.row(tile), position);
      }
    }
    return NativeArrays.of(pass(), index, ofQueries.count(), 1, length);
  }

  /** Made once for the products of queries with keys and of patterns with values. */
  private QueryTiles tiles(TokenSet to) {
    if (ofTiles != to) {
      ofTiles = to;
      tiles = new QueryTiles(to, rows);
    }
    return tiles;
  }

  private void forgetIndices() {
    indices.forEach(known -> known.index().close());
    indices.clear();
  }

  /** Owner of what lives as long as the pass. */
  private NDManager pass() {
    return tables.owner();
  }

  /** Arrays of the pass. */
  private HeadIndex headIndex(int heads) {
    return headIndices.computeIfAbsent(
        heads,
        count -> {
          NDManager pass = pass();
          long[] inToken = new long[count];
          long[] inTile = new long[count];
          for (int head = 0; head < count; head++) {
            inToken[head] = head;
            inTile[head] = (long) head * tables.tile();
          }
          return new HeadIndex(
              NativeArrays.of(pass, new long[] {count}),
              NativeArrays.of(pass, inToken, count, 1),
              NativeArrays.of(pass, inTile));
        });
  }

  @Override
  public NDArray tokens(NDArray values) {
    TokenSet to = tokens.current();
    QueryTiles ofQueries = tiles(to);
    int heads = (int) values.getShape().get(1);
    long headWidth = values.getShape().get(3);
    int size = tables.tile();
    long[] first = new long[to.size()]; // of a token, its place in head 0
    for (int token = 0; token < first.length; token++) {
      int place = ofQueries.place(to.row(token), to.position(token));
      first[token] = (long) place * heads * size + to.position(token) % size;
    }
    stages.clear();
    stages.add(to);
    forgetIndices();
    NDArray index =
        NativeArrays.of(values.getManager(), first, first.length, 1)
            .add(headIndex(heads).inTile()); // [N, heads]
    NDArray result =
        gather(values.reshape(-1, headWidth), index.reshape(-1))
            .reshape(to.size(), heads * headWidth);
    named.put(result, to);
    return result;
  }

  @Override
  public NDArray last(NDArray value) {
    if (!fired.containsAll(tokens.points())) {
      Set<HookPoint> silent = new HashSet<>(tokens.points());
      silent.removeAll(fired);
      throw new IllegalStateException("The pass ended without the hooks of " + silent);
    }
    TokenSet from = tokensOf(value);
    long[] index = new long[rows.count()];
    for (int row = 0; row < index.length; row++) {
      index[row] = from.find(row, rows.length() - 1);
    }
    return gather(value, index);
  }

  /** Some rows of a matrix, in any order, as an array of its manager. */
  private static NDArray gather(NDArray matrix, long[] index) {
    try (NDArray rows = NativeArrays.of(matrix.getManager(), index)) {
      return gather(matrix, rows);
    }
  }

  private static NDArray gather(NDArray matrix, NDArray index) {
    NDArray selected = Embedding.embedding(index, matrix, SparseFormat.DENSE).singletonOrThrow();
    selected.attach(matrix.getManager());
    return selected;
  }
}
