package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import org.patchgrid.kernel.Linear;

/**
 * All weights of a model, immutable and shared by the threads of a process.
 *
 * @param embedding [vocabulary, d_model], float32
 * @param positions [positions and offset, d_model], float32, where positions have embeddings
 * @param unembedding of float32 values, from d_model to the vocabulary
 * @param unembeddingRows [vocabulary, d_model], the same numbers to be read; the embedding itself
 *     where the two are tied
 * @param headBias [vocabulary], float32
 */
public record TransformerWeights(
    NDArray embedding,
    Optional<NDArray> positions,
    List<BlockWeights> blocks,
    NormWeights finalNorm,
    Linear unembedding,
    NDArray unembeddingRows,
    Optional<NDArray> headBias) {
  public TransformerWeights {
    blocks = List.copyOf(blocks);
  }
}
