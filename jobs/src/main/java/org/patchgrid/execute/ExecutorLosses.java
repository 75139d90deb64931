package org.patchgrid.execute;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Executors that ended under the partitions of a job, by a fault of what they ran as far as Spark
 * can tell (a host that was taken away is none). Told by Spark's listener bus, asked by the driver.
 * Nothing here may touch Scala's collections, whose types differ between the Scala versions that
 * Spark is built for.
 */
final class ExecutorLosses extends SparkListener {
  /** A local property of Spark that names our job to us. */
  static final String JOB = "patchgrid.job";

  static final Loss NONE = new Loss(0, "");

  private final Map<Integer, String> jobOfStage = new HashMap<>();
  private final Map<String, Map<Integer, Loss>> losses = new HashMap<>();

  /**
   * What happened to a partition.
   *
   * @param times executors that it lost
   * @param reason Spark's word for the last one
   */
  record Loss(int times, String reason) {
    Loss andThen(Loss next) {
      return new Loss(times + next.times, next.times == 0 ? reason : next.reason);
    }
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    String job = submitted.properties().getProperty(JOB);
    if (job != null) {
      jobOfStage.put(submitted.stageInfo().stageId(), job);
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    String job = jobOfStage.get(end.stageId());
    if (job != null && end.reason() instanceof ExecutorLostFailure lost && lost.exitCausedByApp()) {
      String reason =
          "executor %s on %s: %s"
              .formatted(
                  lost.execId(),
                  end.taskInfo().host(),
                  lost.reason().isDefined() ? lost.reason().get().strip() : "no reason known");
      losses
          .computeIfAbsent(job, key -> new TreeMap<>())
          .merge(end.taskInfo().index(), new Loss(1, reason), Loss::andThen);
    }
  }

  /** By partition; those without a loss are not there. A copy. */
  synchronized Map<Integer, Loss> of(String job) {
    return new TreeMap<>(losses.getOrDefault(job, Map.of()));
  }
}
