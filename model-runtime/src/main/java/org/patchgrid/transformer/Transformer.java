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
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.Linear;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorOps;

/**
 * The forward pass of a decoder-only language model. Immutable; threads may share it, each with
 * managers of its own.
 *
 * <p>Axes: N token, B row, T position, V vocabulary.
 */
public final class Transformer {
  /** Rows of the unembedding that are in double precision at once. */
  private static final int GRAM_ROWS = 8192;

  private final TensorOps ops;
  private final NDArray embedding; // [V, d_model]
  private final List<TransformerBlock> blocks;
  private final RmsNorm finalNorm;
  private final Linear unembedding; // to [V]
  private final NDArray unembeddingRows; // [V, d_model]
  private final RotaryEmbedding rotary;

  /**
   * @param manager owner of the few constants made here; must live as long as the weights
   */
  public Transformer(
      NDManager manager, TransformerConfig config, TransformerWeights weights, TensorOps ops) {
    int headWidth = config.structure().headWidth();
    NDArray epsilon = manager.create((float) config.normEpsilon());
    NDArray scale = manager.create((float) (1 / Math.sqrt(headWidth)));
    this.ops = ops;
    this.embedding = weights.embedding();
    this.rotary = new RotaryEmbedding(config.rotary(), headWidth);
    this.finalNorm = new RmsNorm(ops, weights.finalNorm(), epsilon);
    this.unembedding = weights.unembedding();
    this.unembeddingRows = weights.unembeddingRows();
    List<TransformerBlock> built = new ArrayList<>();
    for (int layer = 0; layer < weights.blocks().size(); layer++) {
      BlockWeights block = weights.blocks().get(layer);
      built.add(
          new TransformerBlock(
              layer,
              new RmsNorm(ops, block.attentionNorm(), epsilon),
              new Attention(layer, config.structure(), ops, block.attention(), rotary, scale),
              new RmsNorm(ops, block.mlpNorm(), epsilon),
              new Mlp(layer, ops, block.mlp())));
    }
    this.blocks = List.copyOf(built);
  }

  /** What every run over {@code length} tokens shares; arrays of {@code manager}. */
  public SequenceTables tables(NDManager manager, int length) {
    return rotary.tables(manager, length, ops);
  }

  /**
   * What the unembedding reads: the normed residual stream behind the last layer at the last
   * position, [B, d_model], a float32 array of {@code manager}.
   *
   * @param ids [N], int64
   */
  public NDArray forward(NDManager manager, NDArray ids, Sequences sequences, Hooks hooks) {
    NDArray x =
        Embedding.embedding(ids, embedding, SparseFormat.DENSE).singletonOrThrow(); // [N, d_model]
    x.attach(manager); // an embedding belongs to the weights
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
      NDArray normed = finalNorm.forward(ops.wide(sequences.last(x)));
      normed.attach(manager);
      return normed;
    }
  }

  /** What a token's logit is the product of with what {@link #forward} returned, [d_model]. */
  public float[] unembeddingRow(NDManager manager, int token) {
    try (NDArray id = NativeArrays.of(manager, new long[] {token});
        NDArray row =
            Embedding.embedding(id, unembeddingRows, SparseFormat.DENSE).singletonOrThrow()) {
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
    return unembedding.apply(last);
  }
}
