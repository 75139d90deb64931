package org.patchgrid.transformer;

import java.util.Optional;

/**
 * The weights of one layer. All norms are over [d_model].
 *
 * @param attentionNorm the norm that feeds attention
 * @param attentionPostNorm the norm behind it
 * @param mlpNorm the norm that feeds the MLP
 * @param mlpPostNorm the norm behind it
 */
public record BlockWeights(
    Optional<NormWeights> attentionNorm,
    AttentionWeights attention,
    Optional<NormWeights> attentionPostNorm,
    Optional<NormWeights> mlpNorm,
    MlpWeights mlp,
    Optional<NormWeights> mlpPostNorm) {}
