package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;

/**
 * The weights of one layer.
 *
 * @param attentionNorm [d_model], the norm that feeds attention
 * @param mlpNorm [d_model], the norm that feeds the MLP
 */
public record BlockWeights(
    NDArray attentionNorm, AttentionWeights attention, NDArray mlpNorm, MlpWeights mlp) {}
