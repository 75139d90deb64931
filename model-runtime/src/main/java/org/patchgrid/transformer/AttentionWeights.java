package org.patchgrid.transformer;

import java.util.Optional;
import org.patchgrid.kernel.Linear;

/**
 * The projections of one attention layer; heads lie side by side in the rows of q, k and v.
 *
 * @param query to [query heads * head width, d_model]
 * @param key to [key-value heads * head width, d_model]
 * @param value to [key-value heads * head width, d_model]
 * @param queryNorm over the width of a head, or over all heads
 * @param keyNorm likewise
 * @param output to [d_model, query heads * head width]
 */
public record AttentionWeights(
    Linear query,
    Linear key,
    Linear value,
    Optional<NormWeights> queryNorm,
    Optional<NormWeights> keyNorm,
    Linear output) {}
