package org.patchgrid.transformer;

import java.util.OptionalInt;

/**
 * How a pass begins.
 *
 * @param scale what token embeddings are multiplied by
 * @param positionOffset where positions have embeddings of their own: the row of the first one
 */
public record EmbeddingConfig(double scale, OptionalInt positionOffset) {
  /** Token embeddings alone. */
  public static final EmbeddingConfig PLAIN = new EmbeddingConfig(1, OptionalInt.empty());

  /** Token embeddings times a number. */
  public static EmbeddingConfig scaled(double scale) {
    return new EmbeddingConfig(scale, OptionalInt.empty());
  }

  /** And an embedding for each position, the first one in this row. */
  public static EmbeddingConfig withPositions(int offset) {
    return new EmbeddingConfig(1, OptionalInt.of(offset));
  }
}
