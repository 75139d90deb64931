package org.patchgrid.transformer;

import org.patchgrid.kernel.Linear;

/**
 * A gated MLP.
 *
 * @param gate to [d_mlp, d_model]
 * @param up to [d_mlp, d_model]
 * @param down to [d_model, d_mlp]
 */
public record MlpWeights(Linear gate, Linear up, Linear down) {}
