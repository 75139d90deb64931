package org.patchgrid.execute;

import org.patchgrid.plan.StudyPlan;
import org.patchgrid.store.StagedTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Progress in the log, for drivers without a terminal. */
public final class LoggedProgress implements RunListener {
  private static final Logger log = LoggerFactory.getLogger(LoggedProgress.class);

  @Override
  public void planned(StudyPlan plan, int storedTasks, int tasksToDo) {
    log.info(
        "{}: {} of {} tasks to do, {} already stored",
        plan.studyId(),
        tasksToDo,
        plan.taskCount(),
        storedTasks);
  }

  @Override
  public void committed(StagedTask task) {
    log.info("Committed task {}: {} cells", task.task(), task.counts().cells());
  }
}
