/**
 * The experiment: clean, corrupted and patched runs of pairs on one model. Start with {@link
 * org.patchgrid.experiment.LoadedModel}, all that an executor sees; {@link
 * org.patchgrid.experiment.TaskRunner} goes through a task, {@link
 * org.patchgrid.experiment.PairRuns} holds a pair's two runs and makes the patched ones.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.experiment;
