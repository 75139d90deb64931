package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.store.FaultFileSystem;

/**
 * Whole runs that are disturbed at a named step of the commit protocol: readers see whole files
 * only, and the next run ends with the bytes of one that was not disturbed. {@code
 * bin/fault-campaign} does the same on real clusters.
 */
class CommitFaultsTest {
  private static Path directory = Path.of("");
  private static String study = "";
  private static Map<String, String> expected = Map.of();

  @BeforeAll
  static void runUndisturbed(@TempDir Path temporary) throws IOException {
    directory = temporary;
    study = SmallStudy.write(directory).toString();
    Path out = directory.resolve("undisturbed");
    assertThat(run(out).exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    expected = SmallStudy.hashes(out);
    assertThat(expected.keySet().stream().filter(name -> name.startsWith("cells/")))
        .hasSize(SmallStudy.TASKS);
  }

  @ParameterizedTest
  @CsvSource({
    "staged, 5, close .*/_staging/.*[.]cells[.]parquet",
    "closed, 5, rename .*/cells/.*",
    "pairs-renamed, 2, renamed .*/pairs/.*",
    "renamed, 5, renamed .*/cells/.*",
    "listed, 2, renamed .*/manifest/.*[.]jsonl",
  })
  void theProcessDies(String step, int at, String call) throws IOException, InterruptedException {
    Path out = directory.resolve(step);
    try (ChildJvm child =
        start(step, faults(step, out, FaultFileSystem.Kind.HALT, call, "fault.at=" + at))) {
      assertThat(child.await().exitCode()).as(child.errors()).isEqualTo(FaultFileSystem.KILLED);
    }
    assertWholeFilesOnly(out);
    int stored = SmallStudy.files(out.resolve("cells")).size();
    assertThat(stored).isPositive();
    Ended resumed = assertResumes(out);
    assertThat(resumed.output())
        .contains("(tasks: %d computed, %d reused, ".formatted(SmallStudy.TASKS - stored, stored));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "write .*/_staging/.*[.]cells[.]parquet",
        "status .*/study[.]conf",
        "rename .*/cells/.*",
        "read .*/_staging/.*[.]pairs[.]parquet",
        "create .*/_staging/.*/manifest-.*[.]jsonl[.]tmp",
        "delete .*/_staging/.*",
      })
  void theDiskFails(String call) throws IOException {
    String name = "error-" + Integer.toHexString(call.hashCode());
    Path out = directory.resolve(name);
    Ended failed =
        Ended.inProcess(
            arguments(faults(name, out, FaultFileSystem.Kind.ERROR, call, "fault.every=1")));
    assertThat(failed.exitCode()).as(failed.errors()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(failed.output()).isEmpty();
    assertThat(failed.messages()).hasSize(1);
    assertThat(failed.messages().get(0))
        .startsWith("patchgrid: ")
        .contains("Cannot ", out.toString(), ": Input/output error", "resume");
    assertWholeFilesOnly(out);
    assertResumes(out);
  }

  /** Spark gives it up and has its task done elsewhere; then it wakes and goes on. */
  @Test
  void aFrozenExecutorWakesLate() throws IOException, InterruptedException {
    Path out = directory.resolve("frozen");
    Path marker = directory.resolve("frozen.process");
    List<String> arguments =
        faults(
            "frozen",
            out,
            FaultFileSystem.Kind.FREEZE,
            "close .*/_staging/.*[.]cells[.]parquet",
            "fault.at=3",
            "fault.marker=" + marker,
            "spark.scheduler.minRegisteredResourcesRatio=1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime=120s",
            "spark.network.timeout=8s",
            "spark.network.timeoutInterval=1s",
            "spark.executor.heartbeatInterval=1s");
    arguments.set(arguments.indexOf("local[2]"), "local-cluster[2,1,1024]");
    Ended run;
    try (ChildJvm child = start("frozen", arguments)) {
      child.awaitError("Lost executor");
      signal("CONT", marker);
      run = child.await();
    }
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(SmallStudy.hashes(out)).isEqualTo(expected);
    assertResumes(out);
  }

  /** And finds that another one has completed the study, and cleared all that was staged. */
  @ParameterizedTest
  @CsvSource({
    "2, rename .*/manifest/.*[.]jsonl",
    "5, rename .*/cells/.*",
    "5, close .*/_staging/.*[.]cells[.]parquet",
  })
  void aFrozenDriverWakesLate(int at, String call) throws IOException, InterruptedException {
    String name = "late-" + Integer.toHexString(call.hashCode());
    Path out = directory.resolve(name);
    Path marker = directory.resolve(name + ".process");
    List<String> arguments =
        faults(
            name,
            out,
            FaultFileSystem.Kind.FREEZE,
            call,
            "fault.at=" + at,
            "fault.marker=" + marker);
    try (ChildJvm child = start(name, arguments)) {
      child.awaitFile(marker);
      assertResumes(out);
      assertThat(out.resolve("_staging")).doesNotExist();
      signal("CONT", marker);
      Ended late = child.await();
      assertThat(late.exitCode()).as(late.errors()).isEqualTo(ExitCode.INCOMPLETE);
    }
    assertResumes(out);
  }

  @Test
  void twoDriversAtOnce() throws IOException, InterruptedException {
    Path out = directory.resolve("two");
    try (ChildJvm one = start("one", plain(out));
        ChildJvm other = start("other", plain(out))) {
      for (ChildJvm child : List.of(one, other)) {
        assertThat(child.await().exitCode()).as(child.errors()).isEqualTo(ExitCode.INCOMPLETE);
      }
    }
    assertThat(SmallStudy.hashes(out)).isEqualTo(expected);
    assertThat(out.resolve("_staging")).doesNotExist();
    assertResumes(out);
  }

  private static void signal(String name, Path process) throws IOException, InterruptedException {
    String number = Files.readString(process);
    assertThat(new ProcessBuilder("kill", "-" + name, number).start().waitFor()).isZero();
  }

  private static ChildJvm start(String name, List<String> arguments) throws IOException {
    return ChildJvm.start(
        Files.createDirectory(directory.resolve("jvm-" + name)), arguments(arguments));
  }

  private static List<String> plain(Path out) {
    return new ArrayList<>(List.of("run", study, "--master", "local[2]", "--out", out.toString()));
  }

  private static List<String> faults(
      String name, Path out, FaultFileSystem.Kind kind, String call, String... more) {
    List<String> arguments = plain(out);
    arguments.set(arguments.size() - 1, "fault://" + name + out);
    arguments.addAll(FaultFileSystem.arguments(kind, call, more));
    return arguments;
  }

  private static Ended run(Path out) {
    return Ended.inProcess(arguments(plain(out)));
  }

  private static String[] arguments(List<String> arguments) {
    return arguments.toArray(String[]::new);
  }

  private static void assertWholeFilesOnly(Path out) throws IOException {
    assertThat(expected).containsAllEntriesOf(SmallStudy.hashes(out));
  }

  private static Ended assertResumes(Path out) throws IOException {
    Ended resumed = run(out);
    assertThat(resumed.exitCode()).as(resumed.errors()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(SmallStudy.hashes(out)).isEqualTo(expected);
    assertThat(Ended.inProcess("verify", out.toString()).exitCode()).isEqualTo(ExitCode.DONE);
    return resumed;
  }
}
