package org.patchgrid.transformer;

import java.util.List;
import org.patchgrid.study.ModelStructure;

/**
 * Everything about a model's arithmetic that is not a weight. A {@code family} reads it from a
 * checkpoint's configuration. Which norms and projections there are is in the structure.
 *
 * @param layers one for each
 * @param maxPositions longest prompt that the configuration promises to handle
 */
public record TransformerConfig(
    ModelStructure structure,
    EmbeddingConfig embedding,
    NormConfig norm,
    AttentionConfig attention,
    List<LayerConfig> layers,
    MlpConfig mlp,
    HeadConfig head,
    int maxPositions) {
  public TransformerConfig {
    layers = List.copyOf(layers);
    if (layers.size() != structure.layers()) {
      throw new IllegalArgumentException(
          "%d layers are described of %d".formatted(layers.size(), structure.layers()));
    }
    if (head.isLinear() != structure.linearLogits()) {
      throw new IllegalArgumentException("Structure and head disagree about the logits");
    }
    if (maxPositions < 1) {
      throw new IllegalArgumentException("Invalid number of positions: " + maxPositions);
    }
  }

  /** The longest prompt that can be run at all: where positions have embeddings, they end. */
  public int longestPrompt() {
    return embedding.positionOffset().isPresent() ? maxPositions : Integer.MAX_VALUE;
  }
}
