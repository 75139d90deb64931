package org.patchgrid.transformer;

import org.patchgrid.study.ModelStructure;

/**
 * Everything about a model's arithmetic that is not a weight. A {@code family} reads it from a
 * checkpoint's configuration.
 *
 * @param normEpsilon added to the mean square inside every RMSNorm
 * @param attentionBias whether the q, k, v and output projections have biases
 * @param mlpBias whether the MLP's projections have biases
 * @param tiedHead whether the configuration says that the unembedding is the embedding (a stored
 *     head that differs wins)
 * @param maxPositions longest prompt that the configuration promises to handle
 */
public record TransformerConfig(
    ModelStructure structure,
    double normEpsilon,
    RotaryConfig rotary,
    boolean attentionBias,
    boolean mlpBias,
    boolean tiedHead,
    int maxPositions) {
  public TransformerConfig {
    if (!(normEpsilon >= 0) || Double.isInfinite(normEpsilon)) {
      throw new IllegalArgumentException("Invalid norm epsilon: " + normEpsilon);
    }
    if (maxPositions < 1) {
      throw new IllegalArgumentException("Invalid number of positions: " + maxPositions);
    }
  }
}
