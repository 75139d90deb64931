package org.patchgrid.transformer;

import java.util.OptionalDouble;

/**
 * How a pass ends.
 *
 * @param tied whether the configuration says that the unembedding is the embedding (a stored head
 *     that differs wins)
 * @param bias whether a bias is added to the logits
 * @param cap soft cap of the logits
 */
public record HeadConfig(boolean tied, boolean bias, OptionalDouble cap) {
  public HeadConfig(boolean tied) {
    this(tied, false, OptionalDouble.empty());
  }

  /** Whether logits are the product of the unembedding and what it reads. */
  public boolean isLinear() {
    return !bias && cap.isEmpty();
  }
}
