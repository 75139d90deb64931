package org.patchgrid.execute;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.patchgrid.conf.OnError;
import org.patchgrid.experiment.AuditException;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.ResultStore;
import org.patchgrid.store.RunOutcome;
import org.patchgrid.store.StoredStudy;
import org.patchgrid.store.StudyColumns;
import org.patchgrid.store.StudyIdentity;
import org.patchgrid.study.PatchgridException;

/**
 * The driver's side of a run: one Spark job over the tasks that are not stored yet, one RDD element
 * a task; files are committed here, as executors report them. Used once, from one thread.
 */
public final class StudyRun {
  /** How long the driver waits for a report before it looks whether the job has ended. */
  private static final long POLL_MILLISECONDS = 100;

  /** Exit code of a run in which pairs were skipped or cells failed. */
  private static final int INCOMPLETE = 3;

  private final PlannedStudy study;
  private final JavaSparkContext spark;
  private final RunListener listener;
  private final Map<String, Integer> modelLoads = new HashMap<>();
  private int computed;
  private volatile boolean stopped;

  public StudyRun(PlannedStudy study, JavaSparkContext spark, RunListener listener) {
    this.study = study;
    this.spark = spark;
    this.listener = listener;
  }

  /** Asks the run to end soon and in order; may be called from any thread. */
  public void stop() {
    stopped = true;
  }

  /**
   * Runs what is missing and ends the run in the manifest.
   *
   * @throws RunInterruptedException if it was asked to stop before all was computed
   * @throws PatchgridException if the user has to mend something; what was computed is kept
   * @throws AuditException if a task's audit disagrees; nothing of that task is kept
   */
  public RunReport run() throws IOException {
    long start = System.nanoTime();
    Configuration hadoop = spark.hadoopConfiguration();
    DriverRun driverRun = DriverRun.begin(Clock.systemUTC());
    try (ResultStore store = open(hadoop, driverRun)) {
      store.runStarted(
          Map.of(
              "master",
              spark.master(),
              "engine",
              study.config().execution().engine().name().toLowerCase(Locale.ROOT),
              "spark",
              spark.version(),
              StoredStudy.TASKS,
              Integer.toString(study.plan().taskCount())));
      List<Integer> missing = missing(store.completedTasks());
      listener.planned(study.plan(), study.plan().taskCount() - missing.size());
      try {
        if (!missing.isEmpty()) {
          compute(store, missing);
        }
      } catch (RunInterruptedException e) {
        store.finish(RunOutcome.INTERRUPTED, RunInterruptedException.EXIT_CODE);
        throw e;
      } catch (RuntimeException | IOException e) {
        store.finish(RunOutcome.FAILED, e instanceof PatchgridException ? 2 : 1);
        throw e;
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      RunReport report =
          new RunReport(study.outputPath(), study.plan(), computed, store.summary(), took);
      store.finish(RunOutcome.COMPLETE, report.hasGaps() ? INCOMPLETE : 0);
      return report;
    }
  }

  /** Whatever the file system refuses here, the user can mend or avoid by another directory. */
  private ResultStore open(Configuration hadoop, DriverRun driverRun) {
    String output = study.outputPath();
    try {
      return ResultStore.open(
          HadoopPaths.parse("the output", output),
          hadoop,
          identity(),
          driverRun,
          Clock.systemUTC());
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot write results to '%s': %s; check its permissions, or choose another --out"
              .formatted(output, String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ")),
          e);
    }
  }

  private StudyIdentity identity() {
    return new StudyIdentity(
        study.config().id(),
        study.fingerprint().sha256(),
        study.fingerprint().named(),
        Map.of("java", Runtime.version().toString(), "spark", spark.version()),
        study.resolved().render());
  }

  private List<Integer> missing(BitSet completed) {
    return IntStream.range(0, study.plan().taskCount())
        .filter(task -> !completed.get(task))
        .boxed()
        .toList();
  }

  private void compute(ResultStore store, List<Integer> missing) throws IOException {
    TaskReports reports = TaskReports.onDriver();
    spark.sc().register(reports, "patchgrid task reports");
    PatchTaskFunction function = new PatchTaskFunction(inputs(store), reports);
    int partitions =
        Math.min(missing.size(), study.config().execution().partitions().orElse(missing.size()));
    spark.setJobDescription("patchgrid " + study.config().id());
    JavaFutureAction<Void> job =
        spark.parallelize(missing, partitions).foreachPartitionAsync(function);
    try {
      while (!job.isDone() && !stopped) {
        commit(store, reports.queue().poll(POLL_MILLISECONDS, TimeUnit.MILLISECONDS));
        store.flushIfDue();
      }
      if (stopped && !job.isDone()) {
        commitReported(store, reports);
        throw new RunInterruptedException(
            store.completedTasks().cardinality(), study.plan().taskCount());
      }
      job.get();
      commitReported(store, reports);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while Spark was running", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The Spark job failed: " + e.getMessage(), e);
    } finally {
      if (!job.isDone()) {
        job.cancel(true);
      }
    }
  }

  private void commitReported(ResultStore store, TaskReports reports) throws IOException {
    while (!reports.queue().isEmpty()) {
      commit(store, reports.queue().poll());
    }
  }

  private TaskInputs inputs(ResultStore store) {
    return new TaskInputs(
        new ModelRef(
            study.modelDirectory().toString(),
            study.model().fingerprint(),
            study.kernel(),
            study.config().model().dtype(),
            study.config().model().device(),
            study.kernelHere()),
        study.promptsPath(),
        study.prompts(),
        study.plan(),
        study.resolved().measurementSettings(),
        study.config().execution().computation(),
        study.config().prompts().onError() == OnError.FAIL,
        store.directory().toString(),
        store.run(),
        study.fingerprint().sha256(),
        new StudyColumns(study.config().id(), "activation", "prompt"),
        new HadoopSettings(spark.hadoopConfiguration()));
  }

  private void commit(ResultStore store, @Nullable TaskReport report) throws IOException {
    if (report instanceof TaskReport.Done done) {
      store.commit(done.staged());
      computed++;
      listener.committed(done.staged());
    } else if (report instanceof TaskReport.ModelLoaded loaded) {
      int loads = modelLoads.merge(loaded.executor(), 1, Integer::sum);
      store.modelLoaded(loaded.executor(), loads);
    } else if (report instanceof TaskReport.UserProblem problem) {
      throw new PatchgridException(problem.message());
    } else if (report instanceof TaskReport.AuditDisagreement audit) {
      throw new AuditException(audit.message());
    }
  }
}
