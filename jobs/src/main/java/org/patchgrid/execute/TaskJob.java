package org.patchgrid.execute;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction;

/** One Spark job over some tasks. */
final class TaskJob {
  /** The listener bus is a thread of its own and may be a little behind the job's end. */
  private static final long LISTENER_MILLISECONDS = 5_000;

  private static final long POLL_MILLISECONDS = 100;

  private static final String ALONE = "patchgrid.alone";

  private final String name = UUID.randomUUID().toString();
  private final List<Integer> tasks;
  private final int partitions;
  private final ExecutorLosses losses;
  private final JavaFutureAction<Void> action;

  /**
   * Starts it; one job at a time, from one thread.
   *
   * @param partitions at most the number of tasks
   * @param alone whether nothing else is computed meanwhile
   */
  TaskJob(
      JavaSparkContext spark,
      String description,
      List<Integer> tasks,
      int partitions,
      boolean alone,
      VoidFunction<Iterator<Integer>> function,
      ExecutorLosses losses) {
    this.tasks = List.copyOf(tasks);
    this.partitions = partitions;
    this.losses = losses;
    spark.setJobDescription(description);
    spark.setLocalProperty(ExecutorLosses.JOB, name);
    spark.setLocalProperty(ALONE, Boolean.toString(alone));
    this.action = spark.parallelize(this.tasks, partitions).foreachPartitionAsync(function);
  }

  /** Whether the task that asks computes alone. */
  static boolean isAlone() {
    return Boolean.parseBoolean(TaskContext.get().getLocalProperty(ALONE));
  }

  boolean isDone() {
    return action.isDone();
  }

  void cancelUnlessDone() {
    if (!action.isDone()) {
      action.cancel(true);
    }
  }

  /**
   * Of a job that is done.
   *
   * @throws ExecutionException with Spark's reason if it failed
   */
  void requireSuccess() throws ExecutionException, InterruptedException {
    action.get();
  }

  /** The executors that were lost by now under the partition of a task. */
  ExecutorLosses.Loss lostUnder(int task) {
    return losses.of(name).entrySet().stream()
        .filter(partition -> tasks(partition.getKey()).contains(task))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(ExecutorLosses.NONE);
  }

  /**
   * The tasks of a failed job under which executors were lost, whether they came to an end or not.
   * Waits a little for the first, since Spark tells it late.
   */
  Set<Integer> lostUnderFailed() throws InterruptedException {
    for (long waited = 0; waited < LISTENER_MILLISECONDS; waited += POLL_MILLISECONDS) {
      if (!losses.of(name).isEmpty()) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
    }
    Set<Integer> lost = new TreeSet<>();
    losses.of(name).keySet().forEach(partition -> lost.addAll(tasks(partition)));
    return lost;
  }

  /** As Spark's {@code parallelize} cuts a list. */
  private List<Integer> tasks(int partition) {
    int first = (int) ((long) partition * tasks.size() / partitions);
    int end = (int) ((partition + 1L) * tasks.size() / partitions);
    return tasks.subList(first, end);
  }
}
