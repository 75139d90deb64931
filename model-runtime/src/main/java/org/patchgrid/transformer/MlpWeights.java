package org.patchgrid.transformer;

/**
 * A gated MLP.
 *
 * @param gate [d_mlp, d_model]
 * @param up [d_mlp, d_model]
 * @param down [d_model, d_mlp]
 */
public record MlpWeights(LinearWeights gate, LinearWeights up, LinearWeights down) {}
