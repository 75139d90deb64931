package org.patchgrid.transformer;

/**
 * The projections of one attention layer; heads lie side by side in the rows of q, k and v.
 *
 * @param query [query heads * head width, d_model]
 * @param key [key-value heads * head width, d_model]
 * @param value [key-value heads * head width, d_model]
 * @param output [d_model, query heads * head width]
 */
public record AttentionWeights(
    LinearWeights query, LinearWeights key, LinearWeights value, LinearWeights output) {}
