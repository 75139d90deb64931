package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * All weights of a model, float32, immutable and shared by the threads of a process.
 *
 * @param embedding [vocabulary, d_model]
 * @param finalNorm [d_model]
 * @param unembedding [vocabulary, d_model]; the embedding itself where the two are tied
 */
public record TransformerWeights(
    NDArray embedding, List<BlockWeights> blocks, NDArray finalNorm, LinearWeights unembedding) {
  public TransformerWeights {
    blocks = List.copyOf(blocks);
  }
}
