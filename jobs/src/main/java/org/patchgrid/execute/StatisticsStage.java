package org.patchgrid.execute;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.study.PromptSetSums;
import org.patchgrid.study.StatisticsNeeded;

/**
 * A Spark job before the tasks: the clean runs of the whole prompt set, of which a study needs
 * means or the deviation of embeddings. Blocks are added up in their order, whenever they come.
 * Used once, from one thread.
 */
final class StatisticsStage {
  private static final long POLL_MILLISECONDS = 100;

  private final JavaSparkContext spark;
  private final TaskInputs inputs;
  private final StatisticsNeeded needed;
  private final BooleanSupplier stopped;
  private final TaskReports reports = TaskReports.onDriver();
  private final Map<Integer, PromptSetSums> waiting = new TreeMap<>();
  private final PromptSetSums sums = new PromptSetSums();
  private int added;

  /**
   * @param stopped whether somebody asked to stop; asked often
   */
  StatisticsStage(
      JavaSparkContext spark, TaskInputs inputs, StatisticsNeeded needed, BooleanSupplier stopped) {
    this.spark = spark;
    this.inputs = inputs;
    this.needed = needed;
    this.stopped = stopped;
  }

  /**
   * Runs it.
   *
   * @throws RunInterruptedException if somebody asked to stop
   * @throws PatchgridException if the prompt set has no such statistics, or the user has to mend
   *     something else
   */
  PromptSetStatistics run() throws IOException {
    PairBlocks blocks = new PairBlocks(inputs.plan().pairs());
    spark.sc().register(reports, "patchgrid prompt set reports");
    TaskCounters counters = TaskCounters.register(spark.sc());
    ExecutorLosses losses = new ExecutorLosses();
    TaskJob job =
        new TaskJob(
            spark,
            "%s: statistics of %,d pairs".formatted(inputs.studyId(), inputs.plan().pairs()),
            IntStream.range(0, blocks.count()).boxed().toList(),
            blocks.count(),
            false,
            new PromptSetFunction(inputs, needed, blocks, reports, counters),
            losses);
    try {
      follow(job);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while Spark was running", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The Spark job failed: " + e.getMessage(), e);
    } finally {
      job.cancelUnlessDone();
    }
    if (added != blocks.count()) {
      throw new IllegalStateException(
          "%d of %d blocks of pairs were scanned".formatted(added, blocks.count()));
    }
    return sums.statistics(needed);
  }

  private void follow(TaskJob job) throws InterruptedException, ExecutionException {
    while (!job.isDone() && !stopped.getAsBoolean()) {
      accept(reports.queue().poll(POLL_MILLISECONDS, TimeUnit.MILLISECONDS));
    }
    while (!reports.queue().isEmpty()) {
      accept(reports.queue().poll());
    }
    if (stopped.getAsBoolean() && !job.isDone()) {
      throw new RunInterruptedException(0, inputs.plan().taskCount());
    }
    job.requireSuccess();
  }

  private void accept(@Nullable TaskReport report) {
    if (report instanceof TaskReport.PairsScanned scanned) {
      waiting.put(scanned.block(), scanned.sums());
      for (PromptSetSums next = waiting.remove(added); next != null; next = waiting.remove(added)) {
        sums.add(next);
        added++;
      }
    } else if (report != null) {
      report.throwIfProblem();
    }
  }
}
