package org.patchgrid.execute;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.VoidFunction;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.ResultTable;
import org.patchgrid.store.SharedOutput;
import org.patchgrid.store.StudyTables;
import org.patchgrid.table.CellScan;

/**
 * What runs on an executor for each block of tasks: read their estimates, add up, report.
 *
 * @param metricOf the metric that ranks the estimates of a sweep
 * @param tasks those in the blocks
 */
record ScreeningFunction(
    SharedOutput output,
    HadoopSettings hadoop,
    Map<String, String> metricOf,
    List<Integer> tasks,
    Blocks blocks,
    TaskReports reports)
    implements VoidFunction<Iterator<Integer>> {
  @Override
  public void call(Iterator<Integer> numbers) throws IOException {
    ExecutorProblems.reported(reports, () -> run(numbers));
  }

  private void run(Iterator<Integer> numbers) throws IOException {
    Configuration configuration = hadoop.configuration();
    output.requireSeen(configuration);
    StudyTables tables = new StudyTables(new Path(output.directory()), configuration);
    while (numbers.hasNext()) {
      int block = numbers.next();
      ScreenScores scores = new ScreenScores();
      for (long i = blocks.first(block); i < blocks.end(block); i++) {
        add(scores, tables, tasks.get((int) i));
      }
      reports.add(new TaskReport.BlockSummed(block, scores));
    }
  }

  private void add(ScreenScores scores, StudyTables tables, int task) throws IOException {
    try (CellScan rows = tables.cells(ResultTable.CELLS.path(task))) {
      while (rows.next()) {
        if (rows.metric().equals(metricOf.get(rows.site().sweep()))) {
          scores.add(rows);
        }
      }
    }
  }
}
