/**
 * The forward pass, readable, over configuration and weights; it knows nothing of model families or
 * files. Start with {@link org.patchgrid.transformer.Transformer}.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.transformer;
