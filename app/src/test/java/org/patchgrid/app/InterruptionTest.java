package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A run that is asked to end does so in order, says so, and goes on where it was. */
class InterruptionTest {
  private static final int FILES_BEFORE = 3;

  @Test
  void terminatedRunSaysHowToResume(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    String[] command = {
      "run", SmallStudy.write(directory).toString(), "--out", out.toString(), "--master", "local[2]"
    };
    Ended interrupted;
    try (ChildJvm child =
        ChildJvm.start(Files.createDirectory(directory.resolve("jvm")), command)) {
      child.awaitCells(out, FILES_BEFORE);
      child.terminate();
      interrupted = child.await();
    }
    int stored = SmallStudy.files(out.resolve("cells")).size();
    assertThat(interrupted.exitCode()).as(interrupted.errors()).isEqualTo(130);
    assertThat(interrupted.output()).isEmpty();
    assertThat(interrupted.messages())
        .containsExactly(
            "patchgrid: interrupted: %d of %d tasks are stored; the same command resumes"
                .formatted(stored, SmallStudy.TASKS));
    assertThat(Ended.inProcess("status", out.toString()).output())
        .contains("tasks done       %d of %d%n".formatted(stored, SmallStudy.TASKS))
        .contains("last run         interrupted, exit code 130, ");

    Ended resumed = Ended.inProcess(command);
    assertThat(resumed.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(resumed.output())
        .contains("(tasks: %d computed, %d reused, ".formatted(SmallStudy.TASKS - stored, stored));
    assertThat(Ended.inProcess("verify", out.toString()).exitCode()).isEqualTo(ExitCode.DONE);
  }

  /** Cancelled tasks may write while their files are deleted; Hadoop would warn of what is left. */
  @Test
  void leavesInSilenceWhatIsWrittenMeanwhile() {
    assertThat(LoggerFactory.getLogger(FileUtil.class).isWarnEnabled()).isFalse();
  }
}
