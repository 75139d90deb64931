package org.patchgrid.execute;

import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.study.PromptSetSums;
import org.patchgrid.study.StatisticsNeeded;

/**
 * A Spark job before the tasks: the clean runs of the whole prompt set, of which a study needs
 * means or the deviation of embeddings.
 */
record StatisticsStage(
    JavaSparkContext spark,
    TaskInputs inputs,
    StatisticsNeeded needed,
    ModelLoads modelLoads,
    BooleanSupplier stopped) {
  /**
   * @throws RunInterruptedException if somebody asked to stop
   * @throws PatchgridException if the prompt set has no such statistics, or the user has to mend
   *     something else
   */
  PromptSetStatistics run() {
    long pairs = inputs.plan().pairs();
    Blocks blocks = new Blocks(pairs);
    PromptSetSums sums = new PromptSetSums();
    SumOverBlocks<PromptSetSums> sum =
        new SumOverBlocks<>(spark, blocks, PromptSetSums.class, modelLoads, sums::add);
    TaskCounters counters = TaskCounters.register(spark.sc());
    sum.run(
        "%s: statistics of %,d pairs".formatted(inputs.studyId(), pairs),
        new PromptSetFunction(inputs, needed, blocks, sum.reports(), counters),
        stopped,
        () -> new RunInterruptedException(0, inputs.plan().taskCount()));
    return sums.statistics(needed);
  }
}
