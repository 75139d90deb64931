/** A load generator in the place of a model: {@link org.patchgrid.simulated.SimulatedModel}. */
@org.jspecify.annotations.NullMarked
package org.patchgrid.simulated;
