package org.patchgrid.execute;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.conf.OnError;
import org.patchgrid.experiment.AuditException;
import org.patchgrid.input.HadoopPaths;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.ResultStore;
import org.patchgrid.store.RunOutcome;
import org.patchgrid.store.ScreenRanking;
import org.patchgrid.store.StoredStudy;
import org.patchgrid.store.StudyIdentity;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.study.Reason;
import org.patchgrid.study.StatisticsNeeded;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's side of a run, from opening the output to ending the run in the manifest; {@link
 * TaskExecution} computes what is not stored yet. Used once, from one thread.
 */
public final class StudyRun {
  private static final Logger log = LoggerFactory.getLogger(StudyRun.class);

  private final PlannedStudy study;
  private final JavaSparkContext spark;
  private final RunListener listener;
  private final boolean retryQuarantined;
  private volatile boolean stopped;

  /**
   * @param retryQuarantined whether tasks that an earlier run gave up are tried again
   */
  public StudyRun(
      PlannedStudy study, JavaSparkContext spark, RunListener listener, boolean retryQuarantined) {
    this.study = study;
    this.spark = spark;
    this.listener = listener;
    this.retryQuarantined = retryQuarantined;
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
  public RunReport run() {
    try {
      return runAndStore();
    } catch (IOException | FSError e) {
      // Whatever the file system refuses, the user can mend or avoid by another directory.
      throw new PatchgridException(
          "Cannot write results to '%s': %s; check its permissions and the space that is left, or choose another --out (what is stored is kept: the same command resumes)"
              .formatted(study.outputPath(), Reason.of(e)),
          e);
    }
  }

  private RunReport runAndStore() throws IOException {
    long start = System.nanoTime();
    new ExecutorOverhead(spark.getConf()).requireEnoughFor(study.memory());
    try (ResultStore store = open()) {
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
      List<Integer> missing = missing(store);
      listener.planned(study.plan(), store.completedTasks().cardinality(), missing.size());
      int computed;
      try {
        computed = missing.isEmpty() ? 0 : compute(store, missing);
      } catch (RunInterruptedException e) {
        store.finish(RunOutcome.INTERRUPTED, RunInterruptedException.EXIT_CODE);
        throw e;
      } catch (RuntimeException | IOException e) {
        finishFailed(store, e);
        throw e;
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      RunReport report =
          new RunReport(study.outputPath(), study.plan(), computed, store.summary(), took);
      store.finish(report.outcome(), report.exitCode());
      return report;
    }
  }

  private ResultStore open() throws IOException {
    return ResultStore.open(
        HadoopPaths.parse("the output", study.outputPath()),
        spark.hadoopConfiguration(),
        identity(),
        DriverRun.begin(Clock.systemUTC()),
        Clock.systemUTC());
  }

  /** Where even that cannot be written, what stopped the run is the news. */
  private static void finishFailed(ResultStore store, Exception failure) {
    try {
      boolean ours =
          failure instanceof RuntimeException && !(failure instanceof PatchgridException);
      store.finish(RunOutcome.FAILED, ours ? 1 : 2);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private StudyIdentity identity() {
    return study.identity(Map.of("java", Runtime.version().toString(), "spark", spark.version()));
  }

  private List<Integer> missing(ResultStore store) {
    Set<Integer> givenUp = retryQuarantined ? Set.of() : store.summary().quarantined().keySet();
    BitSet completed = store.completedTasks();
    return IntStream.range(0, study.plan().taskCount())
        .filter(task -> !completed.get(task) && !givenUp.contains(task))
        .boxed()
        .toList();
  }

  private int compute(ResultStore store, List<Integer> missing) throws IOException {
    try {
      TaskInputs inputs = inputs(store);
      ModelLoads modelLoads = new ModelLoads(store);
      PromptSetStatistics statistics = statistics(store, inputs, modelLoads);
      if (study.plan().screenings().isEmpty()) {
        return execution(store, inputs, statistics, CellSelection.ALL, modelLoads).compute(missing);
      }
      return computeScreened(store, inputs, statistics, missing, modelLoads);
    } catch (Exception e) {
      if (!stopped) {
        SparkDriver.requireRunning(spark, e);
      }
      throw e;
    }
  }

  /** The estimates first, then what they have chosen. */
  private int computeScreened(
      ResultStore store,
      TaskInputs inputs,
      PromptSetStatistics statistics,
      List<Integer> missing,
      ModelLoads modelLoads)
      throws IOException {
    Map<Boolean, List<Integer>> tasks =
        missing.stream().collect(Collectors.partitioningBy(study.plan()::screens));
    List<Integer> estimates = tasks.getOrDefault(true, List.of());
    List<Integer> chosen = tasks.getOrDefault(false, List.of());
    int computed = 0;
    if (!estimates.isEmpty()) {
      computed =
          execution(store, inputs, statistics, CellSelection.ALL, modelLoads).compute(estimates);
    }
    if (chosen.isEmpty()) {
      return computed;
    }
    CellSelection selection =
        new ScreenedCells(study.plan().screenings(), ranking(store, inputs, modelLoads));
    return computed + execution(store, inputs, statistics, selection, modelLoads).compute(chosen);
  }

  /** Of an earlier run, where there is one that came so far. */
  private ScreenRanking ranking(ResultStore store, TaskInputs inputs, ModelLoads modelLoads)
      throws IOException {
    Optional<ScreenRanking> stored = store.ranking();
    if (stored.isPresent()) {
      return stored.get();
    }
    BitSet completed = store.completedTasks();
    List<Integer> estimates =
        IntStream.range(0, study.plan().taskCount()).filter(study.plan()::screens).boxed().toList();
    List<Integer> complete = estimates.stream().filter(completed::get).toList();
    if (complete.size() < estimates.size()) {
      log.warn(
          "{} of {} tasks with a screen's estimates were given up: places are ranked by the others, and stay as chosen",
          estimates.size() - complete.size(),
          estimates.size());
    }
    ScreenRanking ranking =
        store.keep(new ScreeningStage(spark, inputs, complete, modelLoads, () -> stopped).run());
    for (ScreenRanking.Choice choice : ranking.choices()) {
      log.info(
          "Sweep '{}' measures {} of {} places, {}, first of all {}",
          choice.sweep(),
          choice.kept().size(),
          choice.places(),
          choice.direction(),
          choice.kept().get(0).place());
    }
    return ranking;
  }

  private TaskExecution execution(
      ResultStore store,
      TaskInputs inputs,
      PromptSetStatistics statistics,
      CellSelection selection,
      ModelLoads modelLoads) {
    return new TaskExecution(
        spark,
        store,
        inputs,
        statistics,
        selection,
        study.config().execution().partitions(),
        modelLoads,
        listener,
        () -> stopped);
  }

  /** Of an earlier run, where there is one that came so far. */
  private PromptSetStatistics statistics(
      ResultStore store, TaskInputs inputs, ModelLoads modelLoads) throws IOException {
    StatisticsNeeded needed = study.plan().statisticsNeeded();
    if (needed.isEmpty()) {
      return PromptSetStatistics.NONE;
    }
    Optional<PromptSetStatistics> stored = store.statistics();
    PromptSetStatistics statistics =
        stored.isPresent()
            ? stored.get()
            : store.keep(
                new StatisticsStage(spark, inputs, needed, modelLoads, () -> stopped).run());
    warnOfTheFirst(statistics.spoiltByTheFirst());
    return statistics;
  }

  private static void warnOfTheFirst(List<HookPoint> points) {
    if (!points.isEmpty()) {
      log.warn(
          "The mean over all positions is mostly that of the first, whose activation is massive, at {}{}: mean-over = all-but-first leaves it out",
          points.get(0),
          points.size() == 1 ? "" : " and " + (points.size() - 1) + " more");
    }
  }

  private TaskInputs inputs(ResultStore store) throws IOException {
    return new TaskInputs(
        study.modelRef(),
        study.promptsPath(),
        study.prompts(),
        study.plan(),
        study.resolved().measurementSettings(),
        study.config().execution().computation(),
        study.config().prompts().onError() == OnError.FAIL,
        store.sharedOutput(),
        store.run(),
        study.fingerprint().sha256(),
        study.config().id(),
        new HadoopSettings(spark.hadoopConfiguration()));
  }
}
