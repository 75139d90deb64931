package org.patchgrid.execute;

import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;
import org.patchgrid.store.TaskCounts;

/** What Spark's own pages show of a run: sums by stage, and of a task what it added. */
record TaskCounters(
    LongAccumulator cells,
    LongAccumulator failed,
    LongAccumulator audited,
    LongAccumulator modelLoads,
    LongAccumulator modelLoadMilliseconds)
    implements Serializable {

  static TaskCounters register(SparkContext spark) {
    return new TaskCounters(
        spark.longAccumulator("patchgrid cells done"),
        spark.longAccumulator("patchgrid cells failed"),
        spark.longAccumulator("patchgrid cells audited"),
        spark.longAccumulator("patchgrid model loads"),
        spark.longAccumulator("patchgrid model load milliseconds"));
  }

  void done(TaskCounts counts) {
    cells.add(counts.cells());
    failed.add(counts.failedCells());
    audited.add(counts.auditedCells());
  }

  void loaded(Duration took) {
    modelLoads.add(1);
    modelLoadMilliseconds.add(took.toMillis());
  }
}
