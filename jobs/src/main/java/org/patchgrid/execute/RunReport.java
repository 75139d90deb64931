package org.patchgrid.execute;

import java.time.Duration;
import org.patchgrid.plan.StudyPlan;
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
  /** Whether some pairs were left out or some cells failed: exit code 3. */
  public boolean hasGaps() {
    return summary.counts().skippedPairs() > 0
        || summary.counts().failedCells() > 0
        || !summary.quarantined().isEmpty();
  }
}
