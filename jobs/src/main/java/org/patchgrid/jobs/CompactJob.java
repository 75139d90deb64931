package org.patchgrid.jobs;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.compact.Compaction;
import org.patchgrid.compact.CompactionReport;
import org.patchgrid.execute.HadoopPaths;
import org.patchgrid.execute.SparkDriver;
import org.patchgrid.execute.SparkSettings;
import org.patchgrid.study.PatchgridException;

/**
 * A compaction by spark-submit: {@code spark-submit --class org.patchgrid.jobs.CompactJob
 * patchgrid.jar URI TARGET}, where the first URI is the {@code --out} of a study and the second an
 * empty or new directory.
 */
public final class CompactJob {
  private CompactJob() {}

  /** Exit codes as the contract has them, after Spark's context is stopped. */
  public static void main(String[] args) {
    int code = 0;
    try (JavaSparkContext spark = SparkDriver.start(SparkSettings.everywhere(new SparkConf()))) {
      if (args.length != 2 || args[0].startsWith("--") || args[1].startsWith("--")) {
        throw new PatchgridException(
            "CompactJob takes two arguments: the directory of a study and a new one");
      }
      CompactionReport report =
          new Compaction(
                  spark,
                  HadoopPaths.parse("the results", args[0]),
                  HadoopPaths.parse("the compacted results", args[1]),
                  false,
                  Compaction.FILE_BYTES)
              .run();
      System.err.printf(
          "patchgrid: %s: %d measurements in %d files (before: %d) in %s%n",
          report.studyId(),
          report.measurements(),
          report.files(),
          report.filesBefore(),
          report.directory());
    } catch (PatchgridException e) {
      System.err.println("patchgrid: " + e.getMessage());
      code = 2;
    }
    if (code != 0) {
      System.exit(code);
    }
  }
}
