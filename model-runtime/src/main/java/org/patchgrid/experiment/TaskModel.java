package org.patchgrid.experiment;

import java.util.List;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptSetSums;
import org.patchgrid.study.StatisticsNeeded;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;

/** What an executor measures a study's tasks with. Any number of threads may do so at once. */
public interface TaskModel extends AutoCloseable {
  /**
   * Measures a task's cells. What it takes of native memory is freed when it returns.
   *
   * @param pairs the pairs of the task's range
   * @throws AuditException if a cell comes out differently when it is repeated
   */
  TaskResult run(PatchTask task, List<PromptPair> pairs, StudyWork work);

  /** Adds up what the sites of a plan need of some pairs' clean runs. */
  PromptSetSums scan(
      List<PromptPair> pairs,
      List<SweepSite> planSites,
      StatisticsNeeded needed,
      MeasurementSettings settings);

  /** The kind of processor whose last bits its numbers have. */
  String processor();

  @Override
  void close();
}
