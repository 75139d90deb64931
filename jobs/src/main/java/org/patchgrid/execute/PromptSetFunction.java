package org.patchgrid.execute;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.VoidFunction;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.StatisticsNeeded;

/** What runs on an executor for each block of pairs: add up, report. Holds values only. */
record PromptSetFunction(
    TaskInputs inputs,
    StatisticsNeeded needed,
    Blocks blocks,
    TaskReports reports,
    TaskCounters counters)
    implements VoidFunction<Iterator<Integer>> {
  @Override
  public void call(Iterator<Integer> numbers) throws IOException {
    ExecutorProblems.reported(reports, () -> run(numbers));
  }

  private void run(Iterator<Integer> numbers) throws IOException {
    Configuration configuration = inputs.hadoop().configuration();
    inputs.output().requireSeen(configuration);
    TaskModel model = ExecutorModel.get(inputs.model(), configuration, counters, reports);
    while (numbers.hasNext()) {
      int block = numbers.next();
      List<PromptPair> pairs =
          inputs.readPairs(configuration, blocks.first(block), blocks.end(block));
      reports.add(
          new TaskReport.BlockSummed(
              block, model.scan(pairs, inputs.plan().sites(), needed, inputs.settings())));
    }
  }
}
