package org.patchgrid.jobs;

import java.io.IOException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.execute.SparkDriver;
import org.patchgrid.execute.SparkSettings;
import org.patchgrid.study.PatchgridException;

/** What the main method of every job does about its work. */
final class SubmittedJob {
  private SubmittedJob() {}

  interface Work {
    /** Returns the exit code. */
    int run(JavaSparkContext spark) throws IOException;
  }

  /** Exit codes as the contract has them, after Spark's context is stopped. */
  static void run(Work work) throws IOException {
    int code;
    try (JavaSparkContext spark = SparkDriver.start(SparkSettings.everywhere(new SparkConf()))) {
      code = work.run(spark);
    } catch (PatchgridException e) {
      System.err.println("patchgrid: " + e.getMessage());
      code = 2;
    }
    if (code != 0) {
      System.exit(code);
    }
  }
}
