package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * The weights of a norm.
 *
 * @param weight [width]
 * @param bias [width]; a layer norm has one, a root mean square norm has none
 */
public record NormWeights(NDArray weight, Optional<NDArray> bias) {}
