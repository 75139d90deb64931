package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.SequenceTables;
import org.patchgrid.transformer.Sequences;

/**
 * One forward pass of a wave: the tensors that follow {@link WaveTokens}. Joining, sharing and
 * patching are all one operation: the value to go on with is a selection of tokens (of heads of
 * tokens, where a patch is of one head) of the value that came. Nothing is computed, so every bit
 * is one that an ordinary run would have. Used once.
 */
final class WaveRun implements Hooks, Sequences {
  private static final int ABSENT = -1;

  private final ModelStructure structure;
  private final WaveRows rows;
  private final SequenceTables tables;
  private final WaveTokens tokens;
  private final Set<HookPoint> fired = new HashSet<>();
  private final IdentityHashMap<NDArray, TokenSet> named = new IdentityHashMap<>();
  private final List<TokenSet> stages = new ArrayList<>();
  private final Map<Integer, HeadIndex> headIndices = new HashMap<>(); // by number of heads
  private @Nullable SequenceIndex sequenceIndex;
  private int layer;

  /**
   * Which tokens make the sequences of a layer: the same for query, key and value where no row
   * joins between them.
   *
   * @param from the tokens chosen from
   * @param index [B, 1, T]
   */
  private record SequenceIndex(TokenSet from, NDArray index) {}

  /**
   * What makes an index of heads of one of tokens: computed where the tensors are, since indices of
   * heads are long.
   *
   * @param count [1], the number of heads
   * @param inToken [heads, 1], from 0
   * @param inSequence [heads], the first position of each
   */
  private record HeadIndex(NDArray count, NDArray inToken, NDArray inSequence) {}

  WaveRun(ModelStructure structure, WaveRows rows, SequenceTables tables) {
    this.structure = structure;
    this.rows = rows;
    this.tables = tables;
    this.tokens = new WaveTokens(rows, structure.layers());
    stages.add(tokens.current());
  }

  /** The tokens that the pass begins with. */
  TokenSet initialTokens() {
    return stages.get(0);
  }

  @Override
  public NDArray at(HookPoint point, NDArray value) {
    if (point.component() == Component.RESID_PRE) {
      beginLayer(point.layer(), value);
    }
    if (point.component() == Component.PATTERN) {
      return patterns(point, value);
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
    forgetSequenceIndex();
    named.clear();
    named.put(value, tokens.current());
    stages.clear();
    stages.add(tokens.current());
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
    Component component = patches.values().iterator().next().point().component();
    boolean whole =
        patches.values().stream().allMatch(patch -> patch.heads() instanceof HeadSelection.All);
    int heads = whole ? 1 : structure.heads(component);
    @Nullable EffectivePatch[] byRow = new EffectivePatch[rows.count()];
    patches.forEach((row, patch) -> byRow[row] = patch);
    long[] index = new long[to.size() * heads];
    for (int token = 0; token < to.size(); token++) {
      int row = to.row(token);
      int position = to.position(token);
      EffectivePatch patch = byRow[row];
      for (int head = 0; head < heads; head++) {
        int owner = covers(patch, position, head) ? rows.source(row) : row;
        index[token * heads + head] = (long) from.find(owner, position) * heads + head;
      }
    }
    long width = value.getShape().get(1);
    return gather(value.reshape(-1, width / heads), index).reshape(to.size(), width);
  }

  private static boolean covers(@Nullable EffectivePatch patch, int position, int head) {
    return patch != null
        && patch.positions().get(position)
        && (!(patch.heads() instanceof HeadSelection.One one) || one.head() == head);
  }

  /** Patterns are [row, head, query, key], of the rows that attend. */
  private NDArray patterns(HookPoint point, NDArray value) {
    int[] places = places();
    tokens.join(point);
    Map<Integer, EffectivePatch> patches = fire(point);
    if (patches.isEmpty()) {
      return value;
    }
    List<Integer> attending = tokens.attending();
    int heads = structure.queryHeads();
    int length = rows.length();
    long[] index = new long[attending.size() * heads * length];
    int next = 0;
    for (int row : attending) {
      EffectivePatch patch = patches.get(row);
      for (int head = 0; head < heads; head++) {
        for (int query = 0; query < length; query++) {
          int from = covers(patch, query, head) ? rows.source(row) : row;
          long place = places[from] == ABSENT ? places[rows.parent(from)] : places[from];
          index[next++] = (place * heads + head) * length + query;
        }
      }
    }
    NDArray result =
        gather(value.reshape(-1, length), index).reshape(attending.size(), heads, length, length);
    value.close();
    return result;
  }

  /** The place of each row among those that attend. */
  private int[] places() {
    int[] places = new int[rows.count()];
    Arrays.fill(places, ABSENT);
    int next = 0;
    for (int row : tokens.attending()) {
      places[row] = next++;
    }
    return places;
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
  public NDArray sequences(NDArray value, int heads) {
    long headWidth = value.getShape().get(1) / heads;
    HeadIndex ofHeads = headIndex(heads);
    NDArray index =
        sequenceIndex(tokensOf(value)) // [B, 1, T]
            .mul(ofHeads.count())
            .add(ofHeads.inToken()); // [B, heads, T]
    return gather(value.reshape(-1, headWidth), index.reshape(-1))
        .reshape(index.getShape().add(headWidth));
  }

  /** Made once for query, key and value, which have managers of their own: an array of the pass. */
  private NDArray sequenceIndex(TokenSet from) {
    SequenceIndex known = sequenceIndex;
    List<Integer> attending = tokens.attending();
    if (known != null
        && known.from() == from
        && known.index().getShape().get(0) == attending.size()) {
      return known.index();
    }
    int length = rows.length();
    long[] index = new long[attending.size() * length];
    int next = 0;
    for (int row : attending) {
      for (int position = 0; position < length; position++) {
        index[next++] = from.find(row, position);
      }
    }
    forgetSequenceIndex();
    NDArray made = NativeArrays.of(pass(), index, attending.size(), 1, length);
    sequenceIndex = new SequenceIndex(from, made);
    return made;
  }

  private void forgetSequenceIndex() {
    SequenceIndex known = sequenceIndex;
    if (known != null) {
      known.index().close();
      sequenceIndex = null;
    }
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
          long[] inSequence = new long[count];
          for (int head = 0; head < count; head++) {
            inToken[head] = head;
            inSequence[head] = (long) head * rows.length();
          }
          return new HeadIndex(
              NativeArrays.of(pass, new long[] {count}),
              NativeArrays.of(pass, inToken, count, 1),
              NativeArrays.of(pass, inSequence));
        });
  }

  @Override
  public NDArray tokens(NDArray sequences) {
    int[] places = places();
    tokens.attend(layer);
    TokenSet to = tokens.current();
    int heads = (int) sequences.getShape().get(1);
    long headWidth = sequences.getShape().get(3);
    int length = rows.length();
    long[] first = new long[to.size()]; // of a token, its place in head 0
    for (int token = 0; token < first.length; token++) {
      first[token] = (long) places[to.row(token)] * heads * length + to.position(token);
    }
    stages.clear();
    stages.add(to);
    NDArray index =
        NativeArrays.of(sequences.getManager(), first, first.length, 1)
            .add(headIndex(heads).inSequence()); // [N, heads]
    NDArray result =
        gather(sequences.reshape(-1, headWidth), index.reshape(-1))
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
