package org.patchgrid.weights;

import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;
import org.patchgrid.study.Component;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.NormConfig;
import org.patchgrid.transformer.TransformerConfig;

/** How much memory a model's weights take once they are loaded. No tensors. */
public record WeightMemory(TransformerConfig config, Kernel kernel, Dtype dtype) {
  /** Packed outputs are filled up to a multiple of this ({@code OneDnnTensorOps}). */
  private static final long WHOLE_OUTPUTS = 32;

  private static final Set<Component> PROJECTIONS =
      EnumSet.of(
          Component.Q_PROJ,
          Component.K_PROJ,
          Component.V_PROJ,
          Component.O_PROJ,
          Component.GATE_PROJ,
          Component.UP_PROJ,
          Component.DOWN_PROJ);

  /**
   * Bytes of all weights. The embedding is held to be read row by row, an unembedding of its own
   * likewise; a kernel that packs weights holds the unembedding once more, packed. Layers in
   * bfloat16 are held beside those in float32.
   */
  public long bytes() {
    ModelStructure structure = config.structure();
    long width = structure.modelWidth();
    long vocabulary = structure.vocabularySize();
    long rows = (config.head().tied() ? 1 : 2) * vocabulary * width;
    long positions = positions() * width;
    long headBias = config.head().bias() ? vocabulary : 0;
    long unembedding = kernel.packsWeights() ? matrix(vocabulary, width) : 0;
    long linear = structure.layers() * (matrices() + biases());
    long norms = structure.layers() * layerNorms() + norm(width);
    long narrow = dtype == Dtype.BFLOAT16 ? Short.BYTES * linear : 0;
    return Float.BYTES * (rows + positions + unembedding + headBias + linear + norms) + narrow;
  }

  /**
   * Bytes that {@link SharedWeights} can hold of an unpacked model: its float32 matrices. Vectors
   * are each process's own, and so is what one of Java's buffers cannot show.
   */
  public long sharedBytes() {
    ModelStructure structure = config.structure();
    long width = structure.modelWidth();
    long rows = shareable(structure.vocabularySize(), width);
    long positions = shareable(positions(), width);
    long embeddings = (config.head().tied() ? 1 : 2) * rows + positions;
    return Float.BYTES * (embeddings + structure.layers() * matrices());
  }

  private long positions() {
    OptionalInt offset = config.embedding().positionOffset();
    return offset.isPresent() ? config.maxPositions() + (long) offset.getAsInt() : 0;
  }

  private static long shareable(long outputs, long inputs) {
    return Float.BYTES * outputs * inputs > SharedWeights.LARGEST_BYTES ? 0 : outputs * inputs;
  }

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

  /** Elements of the weights of a layer's linear maps. */
  private long matrices() {
    ModelStructure structure = config.structure();
    return PROJECTIONS.stream()
        .filter(structure::has)
        .mapToLong(map -> matrix(structure.width(map, 1), structure.inputs(map)))
        .sum();
  }

  private long biases() {
    ModelStructure structure = config.structure();
    return PROJECTIONS.stream()
        .filter(structure::has)
        .filter(this::isBiased)
        .mapToLong(map -> structure.width(map, 1))
        .sum();
  }

  private boolean isBiased(Component projection) {
    if (projection.compareTo(Component.O_PROJ) > 0) {
      return config.mlp().bias();
    }
    return projection == Component.O_PROJ
        ? config.attention().outputBias()
        : config.attention().inputBias();
  }

  private long matrix(long outputs, long inputs) {
    if (!kernel.packsWeights()) {
      return outputs * inputs;
    }
    return (outputs + WHOLE_OUTPUTS - 1) / WHOLE_OUTPUTS * WHOLE_OUTPUTS * inputs;
  }
}
