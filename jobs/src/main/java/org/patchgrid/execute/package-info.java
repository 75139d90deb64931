/**
 * A study on Spark. Start with {@link org.patchgrid.execute.StudyRun}, the driver's side; what is
 * shipped to executors is {@link org.patchgrid.execute.PatchTaskFunction}, and between tasks {@link
 * org.patchgrid.execute.PromptSetFunction} and {@link org.patchgrid.execute.ScreeningFunction};
 * what comes back are {@link org.patchgrid.execute.TaskReport}s.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.execute;
