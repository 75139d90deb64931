/**
 * The experiment: clean, corrupted and patched runs of pairs on one model, and what is measured of
 * them. Start with {@link org.patchgrid.experiment.LoadedModel}, all that an executor sees; {@link
 * org.patchgrid.experiment.TaskRunner} goes through a task, {@link
 * org.patchgrid.experiment.PairMeasurements} makes rows of states, and {@link
 * org.patchgrid.experiment.Audit} repeats some cells.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.experiment;
