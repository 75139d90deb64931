package org.patchgrid.execute;

import java.time.Duration;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.store.RunOutcome;
import org.patchgrid.store.StoreSummary;

/**
 * How a run ended.
 *
 * @param directory where the results are
 * @param computedTasks tasks that this run computed; the others were there
 * @param summary of the whole study, earlier runs included
 */
public record RunReport(
    String directory, StudyPlan plan, int computedTasks, StoreSummary summary, Duration took) {
  /** Exit code of a run that has gaps. */
  public static final int INCOMPLETE = 3;

  /** Whether some pairs were left out, cells failed or tasks were given up. */
  public boolean hasGaps() {
    return summary.counts().skippedPairs() > 0
        || summary.counts().failedCells() > 0
        || !summary.quarantined().isEmpty();
  }

  /** What {@code manifest/status.json} says of the run. */
  RunOutcome outcome() {
    return summary.quarantined().isEmpty() ? RunOutcome.COMPLETE : RunOutcome.INCOMPLETE;
  }

  public int exitCode() {
    return hasGaps() ? INCOMPLETE : 0;
  }
}
