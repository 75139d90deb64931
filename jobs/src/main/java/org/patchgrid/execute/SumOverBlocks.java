package org.patchgrid.execute;

import java.io.Serializable;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.patchgrid.study.PatchgridException;

/**
 * A Spark job beside those of the tasks: each block reports a sum ({@link TaskReport.BlockSummed}),
 * and the driver adds the sums up in the order of blocks, whenever they come. Used once, from one
 * thread.
 *
 * @param <T> of the sums
 */
final class SumOverBlocks<T extends Serializable> {
  private final JavaSparkContext spark;
  private final Blocks blocks;
  private final Class<T> type;
  private final ModelLoads modelLoads;
  private final Consumer<T> sum;
  private final TaskReports reports = TaskReports.onDriver();
  private final Map<Integer, T> waiting = new TreeMap<>();
  private int added;

  /**
   * @param sum told the sums in the order of blocks
   */
  SumOverBlocks(
      JavaSparkContext spark,
      Blocks blocks,
      Class<T> type,
      ModelLoads modelLoads,
      Consumer<T> sum) {
    this.spark = spark;
    this.blocks = blocks;
    this.type = type;
    this.modelLoads = modelLoads;
    this.sum = sum;
    spark.sc().register(reports); // Spark would keep every block's value of one with a name
  }

  /** Where the function that runs on executors reports. */
  TaskReports reports() {
    return reports;
  }

  /**
   * @param function reports the sum of each block whose number it is given
   * @param stopped whether somebody asked to stop; asked often
   * @param interrupted what is thrown then
   * @throws PatchgridException if the user has to mend something
   */
  void run(
      String description,
      VoidFunction<Iterator<Integer>> function,
      BooleanSupplier stopped,
      Supplier<RunInterruptedException> interrupted) {
    TaskJob job =
        new TaskJob(
            spark,
            description,
            IntStream.range(0, blocks.count()).boxed().toList(),
            blocks.count(),
            false,
            function,
            new ExecutorLosses());
    try {
      follow(job, stopped, interrupted);
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
          "%d of %d blocks were added up".formatted(added, blocks.count()));
    }
  }

  private void follow(
      TaskJob job, BooleanSupplier stopped, Supplier<RunInterruptedException> interrupted)
      throws InterruptedException, ExecutionException {
    reports.follow(() -> job.isDone() || stopped.getAsBoolean(), this::accept, () -> {});
    if (stopped.getAsBoolean() && !job.isDone()) {
      throw interrupted.get();
    }
    job.requireSuccess();
  }

  private void accept(TaskReport report) {
    if (report instanceof TaskReport.BlockSummed summed) {
      waiting.put(summed.block(), type.cast(summed.sum()));
      for (T next = waiting.remove(added); next != null; next = waiting.remove(added)) {
        sum.accept(next);
        added++;
      }
    } else if (report instanceof TaskReport.ModelLoaded loaded) {
      modelLoads.add(loaded);
    } else {
      report.throwIfProblem();
    }
  }
}
