package org.patchgrid.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.aggregate.AggregateReport;
import org.patchgrid.aggregate.Aggregation;
import org.patchgrid.compact.Compaction;
import org.patchgrid.compact.CompactionReport;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.conf.StudyOverrides.Setting;
import org.patchgrid.execute.Interruption;
import org.patchgrid.execute.PlannedStudy;
import org.patchgrid.execute.RunInterruptedException;
import org.patchgrid.execute.RunListener;
import org.patchgrid.execute.RunReport;
import org.patchgrid.execute.SparkDriver;
import org.patchgrid.execute.SparkSettings;
import org.patchgrid.execute.StudyFile;
import org.patchgrid.execute.StudyRun;
import org.patchgrid.experiment.AuditException;
import org.patchgrid.input.HadoopPaths;
import org.patchgrid.store.CompactionSource;
import org.patchgrid.store.StoredStudy;
import org.patchgrid.study.PatchgridException;

/** What the commands that take a study file have in common. */
final class Studies {
  private Studies() {}

  static StudyConfig read(String file, List<Setting> settings, Optional<String> out) {
    return StudyFile.read(file, new StudyOverrides(settings, out), new Configuration());
  }

  /** A directory of results as users name it. */
  static Path results(String directory) {
    return HadoopPaths.parse("the results", directory);
  }

  /** Plans the study, then runs it on an embedded driver. */
  static RunReport run(
      StudyConfig config,
      String master,
      List<String> sparkSettings,
      boolean retryQuarantined,
      RunListener listener,
      Interruption interruption)
      throws IOException {
    PlannedStudy study = PlannedStudy.of(config, new Configuration());
    HadoopPaths.parse("the output", study.outputPath()); // told before Spark starts
    try (JavaSparkContext spark = start(master, sparkSettings)) {
      StudyRun run = new StudyRun(study, spark, listener, retryQuarantined);
      interruption.stops(run);
      return run(run, spark);
    }
  }

  /** Makes a study's aggregates on an embedded driver. */
  static AggregateReport aggregate(Path study, String master, List<String> sparkSettings)
      throws IOException {
    StoredStudy.read(study, new Configuration()); // told before Spark starts
    try (JavaSparkContext spark = start(master, sparkSettings)) {
      return new Aggregation(spark, study).run();
    }
  }

  /** Compacts a study on an embedded driver. */
  static CompactionReport compact(
      Path study, Path target, boolean unfinished, String master, List<String> sparkSettings)
      throws IOException {
    CompactionSource.read(study, new Configuration(), unfinished); // told before Spark starts
    try (JavaSparkContext spark = start(master, sparkSettings)) {
      return new Compaction(spark, study, target, unfinished, Compaction.FILE_BYTES).run();
    }
  }

  /**
   * Starts Spark in this process and has it do the least work there is.
   *
   * @return its version
   * @throws PatchgridException if it does not start
   */
  static String tryLocalSpark() {
    try (JavaSparkContext spark = start("local[1]", List.of())) {
      spark.parallelize(List.of(1)).count();
      return spark.version();
    }
  }

  private static JavaSparkContext start(String master, List<String> settings) {
    requireHostName();
    return SparkDriver.start(SparkSettings.embedded(conf(settings), master));
  }

  /** Spark asks for this machine's address, and ends with a stack trace where there is none. */
  private static void requireHostName() {
    if (System.getenv("SPARK_LOCAL_IP") != null || System.getenv("SPARK_LOCAL_HOSTNAME") != null) {
      return;
    }
    try {
      InetAddress.getLocalHost();
    } catch (UnknownHostException e) {
      throw new PatchgridException(
          "Cannot start Spark: this machine has no address for its own name; add what 'hostname' prints to /etc/hosts, or set SPARK_LOCAL_IP=127.0.0.1",
          e);
    }
  }

  private static SparkConf conf(List<String> settings) {
    SparkConf conf = new SparkConf();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new PatchgridException("--spark-conf needs key=value, not '" + setting + "'");
      }
      conf.set(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return conf;
  }

  private static RunReport run(StudyRun run, JavaSparkContext spark) throws IOException {
    try {
      return run.run();
    } catch (PatchgridException | AuditException | RunInterruptedException e) {
      // What Spark logs when it is stopped under running tasks is no news: we know why.
      spark.setLogLevel("OFF");
      throw e;
    }
  }
}
