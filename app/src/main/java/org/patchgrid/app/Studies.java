package org.patchgrid.app;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyConfigReader;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.execute.PlannedStudy;
import org.patchgrid.execute.RunListener;
import org.patchgrid.execute.RunReport;
import org.patchgrid.execute.SparkSettings;
import org.patchgrid.execute.StudyRun;
import org.patchgrid.study.PatchgridException;

/** What the commands that take a study file have in common. */
final class Studies {
  private Studies() {}

  static StudyConfig read(String file, List<String> settings, Optional<String> out)
      throws IOException {
    Path path = new Path(file);
    try (FSDataInputStream input = path.getFileSystem(new Configuration()).open(path)) {
      String text = new String(input.readAllBytes(), StandardCharsets.UTF_8);
      return StudyConfigReader.read(file, text, new StudyOverrides(settings, out));
    } catch (FileNotFoundException e) {
      throw new PatchgridException("Cannot find the study file " + file + ": check the path", e);
    }
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
