package org.patchgrid.jobs;

import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.aggregate.AggregateReport;
import org.patchgrid.aggregate.Aggregation;
import org.patchgrid.input.HadoopPaths;
import org.patchgrid.study.PatchgridException;

/**
 * A study's statistics by spark-submit: {@code spark-submit --class org.patchgrid.jobs.AggregateJob
 * patchgrid.jar URI}, where the URI is the {@code --out} of a study. Writes {@code
 * URI/aggregates/*.parquet}.
 */
public final class AggregateJob {
  private AggregateJob() {}

  public static void main(String[] args) throws IOException {
    SubmittedJob.run(spark -> run(args, spark));
  }

  private static int run(String[] args, JavaSparkContext spark) throws IOException {
    if (args.length != 1 || args[0].startsWith("--")) {
      throw new PatchgridException("AggregateJob takes one argument: the directory of a study");
    }
    AggregateReport report =
        new Aggregation(spark, HadoopPaths.parse("the results", args[0])).run();
    System.err.printf(
        "patchgrid: %s: %d rows of statistics of %d measurements in %s%n",
        report.studyId(), report.rows(), report.measurements(), report.file());
    report.warnings().forEach(warning -> System.err.println("patchgrid: warning: " + warning));
    return 0;
  }
}
