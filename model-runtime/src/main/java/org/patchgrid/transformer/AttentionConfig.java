package org.patchgrid.transformer;

import java.util.OptionalDouble;

/**
 * What all attention layers have in common.
 *
 * @param inputBias whether the q, k and v projections have biases
 * @param outputBias whether the output projection has one
 * @param cap soft cap of the scaled products of queries and keys, before the mask
 */
public record AttentionConfig(boolean inputBias, boolean outputBias, OptionalDouble cap) {
  public AttentionConfig(boolean inputBias, boolean outputBias) {
    this(inputBias, outputBias, OptionalDouble.empty());
  }
}
