package org.patchgrid.execute;

import org.patchgrid.plan.StudyPlan;
import org.patchgrid.store.StagedTask;

/** Told on the driver how a run goes; called from one thread. */
public interface RunListener {
  /** The plan is made; {@code reusedTasks} of its tasks are already stored. */
  void planned(StudyPlan plan, int reusedTasks);

  /** A task was committed. */
  void committed(StagedTask task);
}
