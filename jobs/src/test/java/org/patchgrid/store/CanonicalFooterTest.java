package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.TaskResult;
import org.patchgrid.table.SampleRows;

class CanonicalFooterTest {
  /** Identity hash codes, and so the order of hash sets of enum constants, change with the JVM. */
  @Test
  void theSameRowsHaveTheSameBytesInAnotherJvm(@TempDir Path directory) throws Exception {
    Path here = directory.resolve("here");
    main(new String[] {here.toString()});
    for (int jvm = 0; jvm < 3; jvm++) {
      Path there = directory.resolve("there-" + jvm);
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UnlockExperimentalVMOptions",
                  "-XX:hashCode=" + jvm,
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  CanonicalFooterTest.class.getName(),
                  there.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log-" + jvm).toFile())
              .start();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue())
          .as(Files.readString(directory.resolve("log-" + jvm)))
          .isZero();
      assertThat(staged(there)).hasSameBinaryContentAs(staged(here));
    }
  }

  private static Path staged(Path directory) {
    return directory.resolve("_staging/run/0-0.cells.parquet");
  }

  /** Writes a task's files; also run in JVMs of its own. */
  public static void main(String[] args) throws Exception {
    TaskWriter writer =
        new TaskWriter(
            new org.apache.hadoop.fs.Path(args[0]),
            new Configuration(),
            new DriverRun("run"),
            "fingerprint",
            "study",
            Samples.COMPUTED_WITH);
    writer.write(
        new PatchTask(0, 0, 1, 0, 1),
        0,
        new TaskResult(List.of(), SampleRows.of("pair", 1), 3, 0, Map.of()));
  }
}
