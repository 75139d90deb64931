package org.patchgrid.transformer;

import org.patchgrid.kernel.Activation;

/**
 * The MLPs of a model.
 *
 * @param activation of the gate, or of the only projection
 * @param bias whether the projections have biases
 */
public record MlpConfig(Activation activation, boolean bias) {}
