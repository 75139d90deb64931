package org.patchgrid.app;

import org.apache.spark.TaskContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;

/** Ends the executor that begins {@link #TASK}, at once, as a fault in native code would. */
public final class TaskKiller implements SparkPlugin {
  /** A task, and, in the first job of a study, its partition. */
  static final int TASK = 17;

  static final int ABORTED = 134;

  @Override
  public @Nullable DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void onTaskStart() {
        TaskContext task = TaskContext.get();
        String job = task.getLocalProperty("spark.job.description");
        boolean alone = job.endsWith(" alone");
        if (alone ? job.endsWith("task " + TASK + " alone") : task.partitionId() == TASK) {
          Runtime.getRuntime().halt(ABORTED);
        }
      }
    };
  }
}
