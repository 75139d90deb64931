package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.aggregate.Aggregation;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.execute.Interruption;
import org.patchgrid.execute.RunListener;
import org.patchgrid.execute.SparkDriver;
import org.patchgrid.execute.SparkSettings;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.store.StagedTask;
import org.patchgrid.store.StoredStudy;
import org.patchgrid.study.PatchgridException;

/** What a cluster does to an application: its context is stopped while the driver lives. */
class SparkEndsTest {
  @Test
  void theUserIsToldAndResumes(@TempDir Path directory) throws IOException {
    Path file = SmallStudy.write(directory);
    Path out = directory.resolve("out");
    StudyConfig study = Studies.read(file.toString(), List.of(), Optional.of(out.toString()));

    assertTold(() -> run(study, beforeTheFirstTask()));
    assertThat(status(out)).isEqualTo(ExitCode.USER_ERROR);
    assertTold(() -> run(study, afterTheFirstTask()));
    assertThat(status(out)).isEqualTo(ExitCode.USER_ERROR);
    int stored = SmallStudy.files(out.resolve("cells")).size();
    assertThat(stored).isPositive();

    Ended resumed = SmallStudy.run(file.toString(), out, "--master", "local[2]");
    assertThat(resumed.exitCode()).as(resumed.errors()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(resumed.output())
        .contains("(tasks: %d computed, %d reused, ".formatted(SmallStudy.TASKS - stored, stored));

    SparkConf conf = SparkSettings.embedded(new SparkConf(), "local[1]");
    JavaSparkContext spark = SparkDriver.start(conf);
    spark.stop();
    assertTold(new Aggregation(spark, new org.apache.hadoop.fs.Path(out.toString()))::run);
  }

  private static void assertTold(ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Spark ended the application on master 'local[1]' before it was done: its master did"
                + " not answer any more, or somebody ended it there (Spark's log says which); what"
                + " is stored is kept, the same command resumes");
  }

  private static void run(StudyConfig study, RunListener listener) throws IOException {
    try (Interruption interruption = new Interruption()) {
      Studies.run(study, "local[1]", List.of(), false, listener, interruption);
    }
  }

  private static int status(Path out) throws IOException {
    StoredStudy study =
        StoredStudy.read(new org.apache.hadoop.fs.Path(out.toString()), new Configuration());
    return study.lastStatus().orElseThrow().exitCode();
  }

  private static RunListener beforeTheFirstTask() {
    return new RunListener() {
      @Override
      public void planned(StudyPlan plan, int storedTasks, int tasksToDo) {
        SparkContext.getOrCreate().stop();
      }

      @Override
      public void committed(StagedTask task) {}
    };
  }

  private static RunListener afterTheFirstTask() {
    return new RunListener() {
      @Override
      public void planned(StudyPlan plan, int storedTasks, int tasksToDo) {}

      @Override
      public void committed(StagedTask task) {
        SparkContext.getOrCreate().stop();
      }
    };
  }
}
