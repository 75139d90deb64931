package org.patchgrid.jobs;

import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.compact.Compaction;
import org.patchgrid.compact.CompactionReport;
import org.patchgrid.input.HadoopPaths;
import org.patchgrid.study.PatchgridException;

/**
 * A compaction by spark-submit: {@code spark-submit --class org.patchgrid.jobs.CompactJob
 * patchgrid.jar URI TARGET}, where the first URI is the {@code --out} of a study and the second an
 * empty or new directory.
 */
public final class CompactJob {
  private CompactJob() {}

  public static void main(String[] args) throws IOException {
    SubmittedJob.run(spark -> run(args, spark));
  }

  private static int run(String[] args, JavaSparkContext spark) {
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
    return 0;
  }
}
