package org.patchgrid.experiment;

import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.TransformerConfig;

/** How much memory a model's weights take once they are loaded. No tensors. */
record WeightMemory(TransformerConfig config, Kernel kernel) {
  /** Packed outputs are filled up to a multiple of this ({@code OneDnnTensorOps}). */
  private static final long WHOLE_OUTPUTS = 32;

  /**
   * Bytes of all weights. The embedding is held to be read row by row, an unembedding of its own
   * likewise; a kernel that packs weights holds the unembedding once more, packed.
   */
  long bytes() {
    ModelStructure structure = config.structure();
    long width = structure.modelWidth();
    long vocabulary = structure.vocabularySize();
    long rows = (config.tiedHead() ? 1 : 2) * vocabulary * width;
    long unembedding = kernel.packsWeights() ? matrix(vocabulary, width) : 0;
    return Float.BYTES * (rows + unembedding + structure.layers() * layer() + width);
  }

  private long layer() {
    ModelStructure structure = config.structure();
    long width = structure.modelWidth();
    long queryWidth = (long) structure.queryHeads() * structure.headWidth();
    long keyValueWidth = (long) structure.keyValueHeads() * structure.headWidth();
    long mlpWidth = structure.mlpWidth();
    long attentionBiases = config.attentionBias() ? queryWidth + 2 * keyValueWidth + width : 0;
    long mlpBiases = config.mlpBias() ? 2 * mlpWidth + width : 0;
    return 2 * width
        + matrix(queryWidth, width)
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
