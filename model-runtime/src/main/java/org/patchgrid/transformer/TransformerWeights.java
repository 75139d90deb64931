package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.patchgrid.kernel.Linear;

/**
 * All weights of a model, immutable and shared by the threads of a process.
 *
 * @param embedding [vocabulary, d_model], float32
 * @param finalNorm [d_model]
 * @param unembedding of float32 values, from d_model to the vocabulary
 * @param unembeddingRows [vocabulary, d_model], the same numbers to be read; the embedding itself
 *     where the two are tied
 */
public record TransformerWeights(
    NDArray embedding,
    List<BlockWeights> blocks,
    NDArray finalNorm,
    Linear unembedding,
    NDArray unembeddingRows) {
  public TransformerWeights {
    blocks = List.copyOf(blocks);
  }
}
