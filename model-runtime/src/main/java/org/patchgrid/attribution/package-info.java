/**
 * Attribution patching: what a patch would do, estimated for every site at once from gradients.
 * Start with {@link org.patchgrid.attribution.AttributionRuns}; {@link
 * org.patchgrid.attribution.AttributionMethod} says where gradients are taken, {@link
 * org.patchgrid.attribution.Attribution} has the estimates.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.attribution;
