package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.Linear;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.study.ModelStructure;

/**
 * The forward pass of a decoder-only language model. Immutable; threads may share it, each with
 * managers of its own.
 *
 * <p>Axes: N token, B row, T position, V vocabulary.
 */
public final class Transformer {
  /** Rows of the unembedding that are in double precision at once. */
  public static final int GRAM_ROWS = 8192;

  /** States that go through the unembedding together: the logits of more would fill memory. */
  public static final int LOGITS_ROWS = 64;

  private final TensorOps ops;
  private final TransformerConfig config;
  private final NDArray embedding; // [V, d_model]
  private final Optional<NDArray> embeddingScale; // []
  private final Optional<NDArray> positions; // [positions, d_model]
  private final List<TransformerBlock> blocks;
  private final Norm finalNorm;
  private final Linear unembedding; // to [V]
  private final NDArray unembeddingRows; // [V, d_model]
  private final Optional<NDArray> headBias; // [V]
  private final float[] headBiases; // the same, [V] or empty
  private final Optional<NDArray> logitCap; // []

  /**
   * @param manager owner of the few constants made here; must live as long as the weights
   */
  public Transformer(
      NDManager manager, TransformerConfig config, TransformerWeights weights, TensorOps ops) {
    NDArray epsilon = manager.create((float) config.norm().epsilon());
    double scale = config.embedding().scale();
    OptionalDouble cap = config.head().cap();
    this.ops = ops;
    this.config = config;
    this.embedding = weights.embedding();
    this.embeddingScale =
        scale == 1 ? Optional.empty() : Optional.of(manager.create((float) scale));
    this.positions = weights.positions();
    this.finalNorm = new Norm(ops, weights.finalNorm(), epsilon);
    this.unembedding = weights.unembedding();
    this.unembeddingRows = weights.unembeddingRows();
    this.headBias = weights.headBias();
    this.headBiases = headBias.map(NDArray::toFloatArray).orElse(new float[0]);
    this.logitCap =
        cap.isPresent() ? Optional.of(manager.create((float) cap.getAsDouble())) : Optional.empty();
    List<TransformerBlock> built = new ArrayList<>();
    for (int layer = 0; layer < weights.blocks().size(); layer++) {
      built.add(
          new TransformerBlock(manager, layer, config, ops, weights.blocks().get(layer), epsilon));
    }
    this.blocks = List.copyOf(built);
  }

  public ModelStructure structure() {
    return config.structure();
  }

  /** What every run over {@code length} tokens shares; arrays of {@code manager}. */
  public SequenceTables tables(NDManager manager, int length) {
    return SequenceTables.of(manager, length, config.layers(), ops);
  }

  /**
   * What the unembedding reads: the normed residual stream behind the last layer at the last
   * position, [B, d_model], a float32 array of {@code manager}.
   *
   * @param ids [N], int64
   */
  public NDArray forward(NDManager manager, NDArray ids, Sequences sequences, Hooks hooks) {
    NDArray x = embedded(manager, ids, sequences, hooks); // [N, d_model]
    x = Lifetime.inPlaceOf(x, ops::narrow);
    for (TransformerBlock block : blocks) {
      try (NDManager layer = manager.newSubManager()) {
        x.attach(layer); // every later result belongs to the manager of its first operand
        x = block.forward(x, sequences, hooks);
        x.attach(manager);
      }
    }
    try (NDManager end = manager.newSubManager()) {
      x.attach(end);
      NDArray normed = normed(sequences.last(x));
      normed.attach(manager);
      return normed;
    }
  }

  /** The same of one whole prompt, [1, d_model]. */
  public NDArray forward(NDManager manager, List<Integer> ids, Hooks hooks) {
    NDArray tokens = NativeArrays.of(manager, ids.stream().mapToLong(Integer::longValue).toArray());
    return forward(manager, tokens, new WholeSequences(tables(manager, ids.size())), hooks);
  }

  /** What the unembedding reads of a residual stream: [B, d_model] both, the result in float32. */
  public NDArray normed(NDArray stream) {
    return finalNorm.forward(ops.wide(stream));
  }

  /**
   * The embeddings of tokens, [N, d_model], float32: scaled where the model does that, without
   * learned positions.
   *
   * @param ids [N], int64
   */
  public NDArray embeddings(NDManager manager, NDArray ids) {
    NDArray x = rows(manager, embedding, ids);
    embeddingScale.ifPresent(x::muli);
    return x;
  }

  private NDArray embedded(NDManager manager, NDArray ids, Sequences sequences, Hooks hooks) {
    NDArray x = hooks.embedded(embeddings(manager, ids));
    if (positions.isPresent()) {
      int offset = config.embedding().positionOffset().orElseThrow();
      long[] rows =
          LongStream.of(sequences.positions(Math.toIntExact(ids.getShape().get(0))))
              .map(position -> position + offset)
              .toArray();
      try (NDArray index = NativeArrays.of(manager, rows);
          NDArray added = rows(manager, positions.get(), index)) {
        x.addi(added);
      }
    }
    return x;
  }

  /** Some rows of a weight, as an array of {@code manager}: it would belong to the weights. */
  private static NDArray rows(NDManager manager, NDArray weight, NDArray index) {
    NDArray rows = Embedding.embedding(index, weight, SparseFormat.DENSE).singletonOrThrow();
    rows.attach(manager);
    return rows;
  }

  /** From float32 to the number type of the layers; the same array where that is float32. */
  public NDArray narrow(NDArray x) {
    return ops.narrow(x);
  }

  /** What a token's logit is the product of with what {@link #forward} returned, [d_model]. */
  public float[] unembeddingRow(NDManager manager, int token) {
    try (NDArray id = NativeArrays.of(manager, new long[] {token});
        NDArray row = rows(manager, unembeddingRows, id)) {
      return row.toFloatArray();
    }
  }

  /** The unembedding's Gram matrix {@code W^T W}, [d_model, d_model] row after row. */
  public double[] unembeddingGram(NDManager manager) {
    long vocabulary = unembeddingRows.getShape().get(0);
    long width = unembeddingRows.getShape().get(1);
    try (NDManager scope = manager.newSubManager()) {
      NDArray gram = scope.zeros(new Shape(width, width), DataType.FLOAT64);
      for (long first = 0; first < vocabulary; first += GRAM_ROWS) {
        try (NDManager block = scope.newSubManager()) {
          NDArray rows =
              unembeddingRows.get(
                  block, new NDIndex("{}:{}", first, Math.min(vocabulary, first + GRAM_ROWS)));
          NDArray wide = rows.toType(DataType.FLOAT64, false);
          wide.attach(block);
          gram.addi(wide.transpose().matMul(wide));
        }
      }
      return gram.toDoubleArray();
    }
  }

  /** The logits of what {@link #forward} returned: from [B, d_model] to [B, V]. */
  public NDArray logits(NDArray last) {
    NDArray logits = unembedding.apply(last);
    if (headBias.isPresent()) {
      logits = Lifetime.inPlaceOf(logits, x -> x.add(headBias.get()));
    }
    return logitCap.isEmpty()
        ? logits
        : Lifetime.inPlaceOf(logits, x -> ops.softCap(x, logitCap.get()));
  }

  /** A token's logit of the product of its {@link #unembeddingRow} and a state. */
  public double logit(double product, int token) {
    double biased = headBias.isPresent() ? product + headBiases[token] : product;
    OptionalDouble cap = config.head().cap();
    return cap.isPresent() ? cap.getAsDouble() * Math.tanh(biased / cap.getAsDouble()) : biased;
  }
}
