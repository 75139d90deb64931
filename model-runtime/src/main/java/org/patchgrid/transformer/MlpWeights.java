package org.patchgrid.transformer;

import java.util.Optional;
import org.patchgrid.kernel.Linear;

/**
 * The projections of one MLP.
 *
 * @param gate to [d_mlp, d_model], in an MLP that is gated
 * @param up to [d_mlp, d_model]
 * @param down to [d_model, d_mlp]
 */
public record MlpWeights(Optional<Linear> gate, Linear up, Linear down) {}
