package org.patchgrid.experiment;

import org.patchgrid.study.Component;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.NormConfig;
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
    long rows = (config.head().tied() ? 1 : 2) * vocabulary * width;
    long positions =
        config.embedding().positionOffset().isPresent()
            ? (config.maxPositions() + config.embedding().positionOffset().getAsInt()) * width
            : 0;
    long headBias = config.head().bias() ? vocabulary : 0;
    long unembedding = kernel.packsWeights() ? matrix(vocabulary, width) : 0;
    long linear = structure.layers() * linear();
    long norms = structure.layers() * layerNorms() + norm(width);
    long narrow = dtype == Dtype.BFLOAT16 ? Short.BYTES * linear : 0;
    return Float.BYTES * (rows + positions + unembedding + headBias + linear + norms) + narrow;
  }

  /** Elements of a layer's norms. */
  private long layerNorms() {
    ModelStructure structure = config.structure();
    long width = structure.modelWidth();
    long norms = config.norm().behindSublayers() ? 2 * norm(width) : 0;
    norms += structure.has(Component.INPUT_LAYERNORM) ? norm(width) : 0;
    norms += structure.has(Component.POST_ATTENTION_LAYERNORM) ? norm(width) : 0;
    if (structure.normsQueriesAndKeys()) {
      norms +=
          structure.normSpansHeads()
              ? norm(structure.queryWidth()) + norm(structure.keyValueWidth())
              : 2 * norm(structure.headWidth());
    }
    return norms;
  }

  private long norm(long width) {
    return config.norm().kind() == NormConfig.Kind.LAYER ? 2 * width : width;
  }

  /** Elements of a layer's linear maps. */
  private long linear() {
    ModelStructure structure = config.structure();
    long width = structure.modelWidth();
    long queryWidth = structure.queryWidth();
    long keyValueWidth = structure.keyValueWidth();
    long mlpWidth = structure.mlpWidth();
    long intoMlp = structure.isGated() ? 2 : 1;
    long attentionBiases =
        (config.attention().inputBias() ? queryWidth + 2 * keyValueWidth : 0)
            + (config.attention().outputBias() ? width : 0);
    long mlpBiases = config.mlp().bias() ? intoMlp * mlpWidth + width : 0;
    return matrix(queryWidth, width)
        + 2 * matrix(keyValueWidth, width)
        + matrix(width, queryWidth)
        + intoMlp * matrix(mlpWidth, width)
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
