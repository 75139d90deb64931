package org.patchgrid.experiment;

import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.TransformerConfig;

/** How much memory a model's weights take once they are loaded. No tensors. */
record WeightMemory(TransformerConfig config, Kernel kernel, Dtype dtype) {
  /** Packed outputs are filled up to a multiple of this ({@code OneDnnTensorOps}). */
  private static final long WHOLE_OUTPUTS = 32;

  /**
   * Bytes of all weights. The embedding is held to be read row by row, an unembedding of its own
   * likewise; a kernel that packs weights holds the unembedding once more, packed. Layers in
   * bfloat16 are held beside those in float32.
   */
  long bytes() {
    ModelStructure structure = config.structure();
    long width = structure.modelWidth();
    long vocabulary = structure.vocabularySize();
    long rows = (config.tiedHead() ? 1 : 2) * vocabulary * width;
    long unembedding = kernel.packsWeights() ? matrix(vocabulary, width) : 0;
    long linear = structure.layers() * linear();
    long norms = (2L * structure.layers() + 1) * width;
    long narrow = dtype == Dtype.BFLOAT16 ? Short.BYTES * linear : 0;
    return Float.BYTES * (rows + unembedding + linear + norms) + narrow;
  }

  /** Elements of a layer's linear maps. */
  private long linear() {
    ModelStructure structure = config.structure();
    long width = structure.modelWidth();
    long queryWidth = (long) structure.queryHeads() * structure.headWidth();
    long keyValueWidth = (long) structure.keyValueHeads() * structure.headWidth();
    long mlpWidth = structure.mlpWidth();
    long attentionBiases = config.attentionBias() ? queryWidth + 2 * keyValueWidth + width : 0;
    long mlpBiases = config.mlpBias() ? 2 * mlpWidth + width : 0;
    return matrix(queryWidth, width)
        + 2 * matrix(keyValueWidth, width)
        + matrix(width, queryWidth)
        + 2 * matrix(mlpWidth, width)
        + matrix(width, mlpWidth)
        + attentionBiases
        + mlpBiases;
  }

  private long matrix(long outputs, long inputs) {
    if (!kernel.packsWeights()) {
      return outputs * inputs;
    }
    return (outputs + WHOLE_OUTPUTS - 1) / WHOLE_OUTPUTS * WHOLE_OUTPUTS * inputs;
  }
}
