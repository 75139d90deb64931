/**
 * What a plan takes, counted before anything of it runs: operations by {@link
 * org.patchgrid.estimate.SweepCost}, memory by {@link org.patchgrid.estimate.ExecutorMemory}.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.estimate;
