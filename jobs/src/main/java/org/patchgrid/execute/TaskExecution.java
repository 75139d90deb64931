package org.patchgrid.execute;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.store.ResultStore;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptSetStatistics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes tasks as Spark jobs, one RDD element a task, and commits their files as executors report
 * them. A task that ends its executor is found and given up, and the others go on. Used once, from
 * one thread.
 */
final class TaskExecution {
  private static final Logger log = LoggerFactory.getLogger(TaskExecution.class);

  /**
   * Tasks of a job, at most: while it runs Spark keeps some 1,200 bytes for each, on the driver.
   */
  private static final String JOB_SIZE = "spark.patchgrid.tasksPerJob";

  private static final int DEFAULT_JOB_SIZE = 10_000;

  /** Executors that a task may cost while it runs alone. */
  private static final int LOSSES_ALONE = 2;

  private final JavaSparkContext spark;
  private final ResultStore store;
  private final TaskInputs inputs;
  private final OptionalInt partitions;
  private final ModelLoads modelLoads;
  private final RunListener listener;
  private final BooleanSupplier stopped;
  private final TaskReports reports = TaskReports.onDriver();
  private final ExecutorLosses losses = new ExecutorLosses();
  private final PatchTaskFunction function;
  private int computed;

  /**
   * @param selection which cells of the tasks are measured
   * @param partitions most of a job; without, one a task
   * @param stopped whether somebody asked to stop; asked often
   */
  TaskExecution(
      JavaSparkContext spark,
      ResultStore store,
      TaskInputs inputs,
      PromptSetStatistics statistics,
      CellSelection selection,
      OptionalInt partitions,
      ModelLoads modelLoads,
      RunListener listener,
      BooleanSupplier stopped) {
    this.spark = spark;
    this.store = store;
    this.inputs = inputs;
    this.partitions = partitions;
    this.modelLoads = modelLoads;
    this.listener = listener;
    this.stopped = stopped;
    this.function =
        new PatchTaskFunction(
            inputs, statistics, selection, reports, TaskCounters.register(spark.sc()));
  }

  /**
   * Many at once; then alone, one after the other, those under which executors were lost until
   * Spark gave up: one of them may be what kills executors, the others only shared one with it.
   *
   * @return how many were computed and committed
   */
  int compute(List<Integer> missing) throws IOException {
    spark.sc().register(reports); // Spark would keep every task's value of one with a name
    spark.sc().addSparkListener(losses);
    try {
      Map<Integer, Integer> killed = killedRuns(missing);
      Set<Integer> suspects = new TreeSet<>(killed.keySet());
      List<Integer> left = without(missing, new BitSet(), suspects);
      while (!left.isEmpty()) {
        suspects.addAll(computeTogether(left.subList(0, Math.min(jobSize(), left.size()))));
        left = without(left, store.completedTasks(), suspects);
      }
      for (int task : without(List.copyOf(suspects), store.completedTasks(), Set.of())) {
        int alone = killed.getOrDefault(task, 0);
        if (alone >= LOSSES_ALONE) {
          giveUp(task, "%d runs were killed while it ran alone".formatted(alone));
        } else {
          computeAlone(task);
        }
      }
      return computed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while Spark was running", e);
    } finally {
      spark.sc().removeSparkListener(losses);
    }
  }

  /** Local runs end with a task that ends its process: the next run draws the lesson. */
  private Map<Integer, Integer> killedRuns(List<Integer> missing) throws IOException {
    if (!isLocal(spark.getConf())) {
      return Map.of();
    }
    Map<Integer, Integer> killed = new TreeMap<>(store.endedUnder());
    killed.keySet().retainAll(missing);
    return killed;
  }

  private void giveUp(int task, String reason) {
    log.error("Giving up task {}: {}", task, reason);
    store.taskQuarantined(task, reason);
  }

  /** Whether tasks run in the driver's process. */
  static boolean isLocal(SparkConf conf) {
    return conf.get("spark.master").matches("local|local\\[.*");
  }

  private int jobSize() {
    int size = spark.getConf().getInt(JOB_SIZE, DEFAULT_JOB_SIZE);
    if (size < 1) {
      throw new PatchgridException(
          "Invalid %s = %d: a job has a task at least".formatted(JOB_SIZE, size));
    }
    return size;
  }

  /** Returns the tasks that are suspected; none if all is done. */
  private Set<Integer> computeTogether(List<Integer> tasks)
      throws IOException, InterruptedException {
    String description =
        "%s: %,d of %,d tasks".formatted(inputs.studyId(), tasks.size(), inputs.plan().taskCount());
    TaskJob job = start(description, tasks, false);
    try {
      follow(job, () -> false);
      job.requireSuccess();
      requireCommitted(tasks);
      return Set.of();
    } catch (ExecutionException e) {
      Set<Integer> suspects = new TreeSet<>(job.lostUnderFailed());
      suspects.removeIf(store.completedTasks()::get);
      if (suspects.isEmpty()) {
        throw failed(e);
      }
      log.warn("Executors were lost again and again: running tasks {} alone", suspects);
      return suspects;
    } finally {
      job.cancelUnlessDone();
    }
  }

  private void requireCommitted(List<Integer> tasks) {
    List<Integer> missing = without(tasks, store.completedTasks(), Set.of());
    if (!missing.isEmpty()) {
      throw new IllegalStateException("Spark has ended a job without tasks " + missing);
    }
  }

  private void computeAlone(int task) throws IOException, InterruptedException {
    ExecutorLosses.Loss lost = ExecutorLosses.NONE;
    while (lost.times() < LOSSES_ALONE) {
      ExecutorLosses.Loss before = lost;
      TaskJob job =
          start("%s: task %d alone".formatted(inputs.studyId(), task), List.of(task), true);
      try {
        follow(job, () -> before.times() + job.lostUnder(task).times() >= LOSSES_ALONE);
        if (job.isDone()) {
          job.requireSuccess();
          return;
        }
      } catch (ExecutionException e) {
        if (job.lostUnderFailed().isEmpty()) {
          throw failed(e);
        }
      } finally {
        job.cancelUnlessDone();
      }
      lost = lost.andThen(job.lostUnder(task));
    }
    giveUp(
        task,
        "%d executors were lost while it ran alone; the last: %s"
            .formatted(lost.times(), lost.reason()));
  }

  private static IllegalStateException failed(ExecutionException e) {
    return new IllegalStateException("The Spark job failed: " + e.getMessage(), e);
  }

  /** Commits what executors report until the job is done or enough was seen. */
  private void follow(TaskJob job, BooleanSupplier enough)
      throws IOException, InterruptedException {
    reports.follow(
        () -> job.isDone() || stopped.getAsBoolean() || enough.getAsBoolean(),
        this::commit,
        store::flushIfDue);
    if (stopped.getAsBoolean() && !job.isDone()) {
      throw new RunInterruptedException(
          store.completedTasks().cardinality(), inputs.plan().taskCount());
    }
  }

  private TaskJob start(String description, List<Integer> tasks, boolean alone) {
    int most = Math.min(tasks.size(), partitions.orElse(tasks.size()));
    return new TaskJob(spark, description, tasks, most, alone, function, losses);
  }

  private static List<Integer> without(List<Integer> tasks, BitSet completed, Set<Integer> others) {
    return tasks.stream().filter(task -> !completed.get(task) && !others.contains(task)).toList();
  }

  private void commit(TaskReport report) throws IOException {
    if (report instanceof TaskReport.Done done) {
      store.commit(done.staged());
      computed++;
      listener.committed(done.staged());
    } else if (report instanceof TaskReport.ModelLoaded loaded) {
      modelLoads.add(loaded);
    } else {
      report.throwIfProblem();
    }
  }
}
