/**
 * From a model's directory to its weights in native memory. Start with {@link
 * org.patchgrid.weights.OpenedModel}. {@link org.patchgrid.weights.ModelDescription} is what
 * planning knows, without a weight, and {@link org.patchgrid.weights.WeightMemory} how much they
 * take.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.weights;
