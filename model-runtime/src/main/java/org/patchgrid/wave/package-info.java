/**
 * The engine of a study: patched runs are rows of a few forward passes, each joining where it is
 * patched. {@link org.patchgrid.wave.PairOutcomes} says what must coincide, {@link
 * org.patchgrid.wave.SweepSchedule} what runs together. Start with these; {@link
 * org.patchgrid.wave.WavefrontEngine} does what they say, and only its {@link
 * org.patchgrid.wave.WaveRun} has tensors.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.wave;
