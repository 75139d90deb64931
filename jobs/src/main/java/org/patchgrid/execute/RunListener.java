package org.patchgrid.execute;

import org.patchgrid.plan.StudyPlan;
import org.patchgrid.store.StagedTask;

/** Told on the driver how a run goes; called from one thread. */
public interface RunListener {
  /**
   * The plan is made.
   *
   * @param storedTasks tasks that earlier runs have stored
   * @param tasksToDo those of this run; the rest was given up earlier
   */
  void planned(StudyPlan plan, int storedTasks, int tasksToDo);

  void committed(StagedTask task);
}
