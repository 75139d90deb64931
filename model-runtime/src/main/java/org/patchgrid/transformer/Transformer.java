package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import java.util.ArrayList;
import java.util.List;
import org.patchgrid.hook.Hooks;

/**
 * The forward pass of a decoder-only language model. Immutable; threads may share it, each with
 * managers of its own.
 *
 * <p>Axes: B row, T position, V vocabulary.
 */
public final class Transformer {
  private final NDArray embedding; // [V, d_model]
  private final List<TransformerBlock> blocks;
  private final RmsNorm finalNorm;
  private final LinearWeights unembedding; // [V, d_model]
  private final RotaryEmbedding rotary;

  /**
   * @param manager owner of the few constants made here; must live as long as the weights
   */
  public Transformer(NDManager manager, TransformerConfig config, TransformerWeights weights) {
    int headWidth = config.structure().headWidth();
    NDArray epsilon = manager.create((float) config.normEpsilon());
    NDArray scale = manager.create((float) (1 / Math.sqrt(headWidth)));
    this.embedding = weights.embedding();
    this.rotary = new RotaryEmbedding(config.rotary(), headWidth);
    this.finalNorm = new RmsNorm(weights.finalNorm(), epsilon);
    this.unembedding = weights.unembedding();
    List<TransformerBlock> built = new ArrayList<>();
    for (int layer = 0; layer < weights.blocks().size(); layer++) {
      BlockWeights block = weights.blocks().get(layer);
      built.add(
          new TransformerBlock(
              layer,
              new RmsNorm(block.attentionNorm(), epsilon),
              new Attention(layer, config.structure(), block.attention(), rotary, scale),
              new RmsNorm(block.mlpNorm(), epsilon),
              new Mlp(layer, block.mlp())));
    }
    this.blocks = List.copyOf(built);
  }

  /** What every run over {@code length} tokens shares; arrays of {@code manager}. */
  public SequenceTables tables(NDManager manager, int length) {
    return rotary.tables(manager, length);
  }

  /**
   * The logits at the last position, [B, V].
   *
   * @param manager owner of everything made on the way that no hook keeps; close it after reading
   * @param ids [B, T], int64
   * @param tables of T
   */
  public NDArray forward(NDManager manager, NDArray ids, SequenceTables tables, Hooks hooks) {
    NDArray x =
        Embedding.embedding(ids, embedding, SparseFormat.DENSE)
            .singletonOrThrow(); // [B, T, d_model]
    x.attach(manager); // every later result belongs to the manager of its first operand: this one
    for (TransformerBlock block : blocks) {
      x = block.forward(x, tables, hooks);
    }
    NDArray last = x.get(":, -1"); // [B, d_model]
    return unembedding.apply(finalNorm.forward(last));
  }
}
