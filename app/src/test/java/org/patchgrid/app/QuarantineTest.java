package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that ends its executor costs that task, and nothing else. */
class QuarantineTest {
  private static final String CELLS = "cells/task-%012d.parquet".formatted(TaskKiller.TASK);

  @Test
  void aTaskThatEndsItsExecutorIsGivenUpAndTheOthersGoOn(@TempDir Path directory)
      throws IOException, InterruptedException {
    String study = SmallStudy.write(directory).toString();
    Path whole = directory.resolve("whole");
    assertThat(run(study, whole).exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    Map<String, String> expected = SmallStudy.hashes(whole);
    Map<String, String> withoutTheTask = new TreeMap<>(expected);
    assertThat(withoutTheTask.remove(CELLS)).isNotNull();

    Path out = directory.resolve("out");
    try (ChildJvm child =
        SmallStudy.start(
            directory.resolve("cluster"),
            study,
            out,
            "--master",
            "local-cluster[2,1,1024]",
            "--spark-conf",
            "spark.task.maxFailures=2",
            "--spark-conf",
            "spark.plugins=" + TaskKiller.class.getName())) {
      Ended killed = child.await();
      assertThat(killed.exitCode()).as(killed.errors()).isEqualTo(ExitCode.INCOMPLETE);
      assertThat(killed.output())
          .contains(
              "given up: task %d: 2 executors were lost while it ran alone; the last: executor "
                  .formatted(TaskKiller.TASK));
    }
    assertThat(SmallStudy.hashes(out)).isEqualTo(withoutTheTask);
    String status = Ended.inProcess("status", out.toString()).output();
    assertThat(status)
        .contains("tasks done       %d of %d%n".formatted(SmallStudy.TASKS - 1, SmallStudy.TASKS))
        .contains("quarantined      task %d: 2 executors were lost".formatted(TaskKiller.TASK))
        .contains("last run         incomplete, exit code 3, ");

    Ended again = run(study, out);
    assertThat(again.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(again.output()).contains("(tasks: 0 computed, ");
    assertThat(SmallStudy.hashes(out)).isEqualTo(withoutTheTask);

    Ended retried = run(study, out, "--retry-quarantined");
    assertThat(retried.output()).contains("(tasks: 1 computed, ").doesNotContain("given up");
    assertThat(Ended.inProcess("status", out.toString()).output())
        .contains("last run         complete, exit code 3, ");
    assertThat(SmallStudy.hashes(out)).isEqualTo(expected);
  }

  /**
   * Driver and tasks are one process, which ends with the task: each run ends, until one learns.
   */
  @Test
  void ofALocalRunTheNextOnesDrawTheLesson(@TempDir Path directory)
      throws IOException, InterruptedException {
    String study = SmallStudy.write(directory).toString();
    Path out = directory.resolve("out");
    for (int run = 0; run < 3; run++) {
      assertThat(local(directory.resolve("run-" + run), study, out).exitCode())
          .as("once together, twice alone")
          .isEqualTo(TaskKiller.ABORTED);
    }
    Ended last = local(directory.resolve("last"), study, out);
    assertThat(last.exitCode()).as(last.errors()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(last.output())
        .contains(
            "given up: task %d: 2 runs were killed while it ran alone".formatted(TaskKiller.TASK));
    assertThat(run(study, out, "--retry-quarantined").output())
        .contains("(tasks: 1 computed, ")
        .doesNotContain("given up");
    assertThat(Ended.inProcess("verify", out.toString()).exitCode()).isEqualTo(ExitCode.DONE);
  }

  private static Ended local(Path directory, String study, Path out)
      throws IOException, InterruptedException {
    try (ChildJvm child =
        SmallStudy.start(
            directory,
            study,
            out,
            "--master",
            "local[1]",
            "--spark-conf",
            LocalTaskKiller.OUTPUT + "=" + out,
            "--spark-conf",
            "spark.plugins=" + LocalTaskKiller.class.getName())) {
      return child.await();
    }
  }

  private static Ended run(String study, Path out, String... more) {
    String[] arguments =
        Stream.concat(Stream.of("--master", "local[2]"), Stream.of(more)).toArray(String[]::new);
    return SmallStudy.run(study, out, arguments);
  }
}
