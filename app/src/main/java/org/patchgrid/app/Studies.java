package org.patchgrid.app;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.execute.PlannedStudy;
import org.patchgrid.execute.RunListener;
import org.patchgrid.execute.RunReport;
import org.patchgrid.execute.SparkSettings;
import org.patchgrid.execute.StudyFile;
import org.patchgrid.execute.StudyRun;
import org.patchgrid.study.PatchgridException;

/** What the commands that take a study file have in common. */
final class Studies {
  private Studies() {}

  static StudyConfig read(String file, List<String> settings, Optional<String> out)
      throws IOException {
    return StudyFile.read(file, new StudyOverrides(settings, out), new Configuration());
  }

  /** Plans the study, then runs it on an embedded driver. */
  static RunReport run(
      StudyConfig config, String master, List<String> sparkSettings, RunListener listener)
      throws IOException {
    PlannedStudy study = PlannedStudy.of(config, new Configuration());
    study.outputPath(); // a missing one is told before Spark starts
    SparkConf conf = new SparkConf();
    for (String setting : sparkSettings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new PatchgridException("--spark-conf needs key=value, not '" + setting + "'");
      }
      conf.set(setting.substring(0, equals), setting.substring(equals + 1));
    }
    try (JavaSparkContext spark = new JavaSparkContext(SparkSettings.embedded(conf, master))) {
      return new StudyRun(study, spark, listener).run();
    }
  }
}
