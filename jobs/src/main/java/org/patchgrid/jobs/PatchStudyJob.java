package org.patchgrid.jobs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.execute.Interruption;
import org.patchgrid.execute.LoggedProgress;
import org.patchgrid.execute.PlannedStudy;
import org.patchgrid.execute.RunInterruptedException;
import org.patchgrid.execute.RunReport;
import org.patchgrid.execute.StudyFile;
import org.patchgrid.execute.StudyRun;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PatchgridException;

/**
 * A study by spark-submit: {@code spark-submit --class org.patchgrid.jobs.PatchStudyJob
 * patchgrid.jar STUDY.conf --out URI [--set key=value]... [--retry-quarantined]}.
 */
public final class PatchStudyJob {
  private PatchStudyJob() {}

  public static void main(String[] args) throws IOException {
    SubmittedJob.run(spark -> run(args, spark));
  }

  private static int run(String[] args, JavaSparkContext spark) throws IOException {
    String file = "";
    Optional<String> out = Optional.empty();
    List<String> settings = new ArrayList<>();
    boolean retryQuarantined = false;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--out") && i + 1 < args.length) {
        out = Optional.of(args[++i]);
      } else if (args[i].equals("--set") && i + 1 < args.length) {
        settings.add(args[++i]);
      } else if (args[i].equals("--retry-quarantined")) {
        retryQuarantined = true;
      } else if (file.isEmpty() && !args[i].startsWith("--")) {
        file = args[i];
      } else {
        throw unknown(args[i]);
      }
    }
    Configuration hadoop = spark.hadoopConfiguration();
    StudyConfig config = StudyFile.read(file, StudyOverrides.of(settings, out), hadoop);
    try (Interruption interruption = new Interruption()) {
      StudyRun study =
          new StudyRun(
              PlannedStudy.of(config, hadoop), spark, new LoggedProgress(), retryQuarantined);
      interruption.stops(study);
      return run(study, spark.getConf());
    }
  }

  private static PatchgridException unknown(String argument) {
    List<String> options = List.of("--out", "--set", "--retry-quarantined");
    if (options.contains(argument)) {
      return new PatchgridException("Missing value behind " + argument);
    }
    return new PatchgridException(
        "Unknown argument '%s': the arguments are STUDY.conf --out URI [--set key=value]... [--retry-quarantined]%s"
            .formatted(argument, NearestName.question(argument, options)));
  }

  private static int run(StudyRun study, SparkConf conf) {
    try {
      RunReport report = study.run();
      if (!report.hasGaps()) {
        return 0;
      }
      System.err.println(
          "patchgrid: some pairs, cells or tasks are missing: `patchgrid status %s` lists them"
              .formatted(report.directory()));
      return isOnCluster(conf) ? 0 : report.exitCode();
    } catch (RunInterruptedException e) {
      System.err.println("patchgrid: " + e.getMessage());
      return RunInterruptedException.EXIT_CODE;
    }
  }

  /** A cluster that runs the driver itself would start it again after any exit code but 0. */
  private static boolean isOnCluster(SparkConf conf) {
    return conf.get("spark.submit.deployMode", "client").equals("cluster");
  }
}
