package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.store.StoreSummary;
import org.patchgrid.store.StoredStudy;

/** One study, however it is run, is the same bytes. */
class ByteIdentityTest {
  private static final Pattern TASKS = Pattern.compile("\\(tasks: (\\d+) computed, (\\d+) reused,");
  private static final Pattern ROWS_HASH =
      Pattern.compile("sha256 of the sorted rows: ([0-9a-f]{64})");

  /** Files after which a run is killed: some work is done, most is not. */
  private static final int FILES_BEFORE_KILL = 3;

  private static Path directory = Path.of("");
  private static String study = "";
  private static Map<String, String> expected = Map.of();
  private static String expectedRows = "";

  @BeforeAll
  static void runOnOneCore(@TempDir Path temporary) throws IOException {
    directory = temporary;
    study = SmallStudy.writeOfMoreLayers(directory).toString();
    Path out = directory.resolve("one-core");
    Ended run =
        SmallStudy.run(study, out, "--master", "local[1]", "--set", "execution.partitions=1");
    assertThat(run.exitCode()).as("the unequal pair is skipped").isEqualTo(ExitCode.INCOMPLETE);
    expected = SmallStudy.hashes(out);
    expectedRows = sortedRowsHash(out);
  }

  @Test
  void studyHasManyTasksAndOneSkippedPair() throws IOException {
    StoreSummary summary = stored(directory.resolve("one-core"));
    assertThat(summary.completedTasks())
        .isEqualTo(SmallStudy.MORE_TASKS)
        .isGreaterThanOrEqualTo(60);
    assertThat(summary.counts().skippedPairs()).isEqualTo(1);
    assertThat(summary.counts().failedCells()).isZero();
    assertThat(summary.counts().cells()).isBetween(400L, 900L);
    assertThat(expected.keySet().stream().filter(name -> name.startsWith("cells/")))
        .hasSize(SmallStudy.MORE_TASKS);
  }

  @Test
  void twoCoresAndOtherPartitions() throws IOException {
    Path out = directory.resolve("two-cores");
    Ended run =
        SmallStudy.run(study, out, "--master", "local[2]", "--set", "execution.partitions=7");
    assertThat(run.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertSameBytes(out);
  }

  /** As where a study has more tasks than Spark keeps books of at once. */
  @Test
  void severalJobs() throws IOException {
    Path out = directory.resolve("several-jobs");
    Path events = Files.createDirectory(directory.resolve("events"));
    List<String> run = new ArrayList<>(List.of("--master", "local[2]"));
    for (String setting :
        List.of(
            "spark.patchgrid.tasksPerJob=9",
            "spark.eventLog.enabled=true",
            "spark.eventLog.rolling.enabled=false",
            "spark.eventLog.compress=false",
            "spark.eventLog.dir=" + events.toUri())) {
      run.addAll(List.of("--spark-conf", setting));
    }
    Ended ended = SmallStudy.run(study, out, run.toArray(new String[0]));
    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(ExitCode.INCOMPLETE);
    assertSameBytes(out);
    try (Stream<Path> logs = Files.list(events)) {
      assertThat(Files.readAllLines(logs.findFirst().orElseThrow()))
          .filteredOn(line -> line.contains("SparkListenerJobStart"))
          .hasSize((SmallStudy.MORE_TASKS + 8) / 9);
    }
  }

  /** The study's own share, which is the default, audits one cell of each task that has any. */
  @Test
  void auditedOrNot() throws IOException {
    int tasksWithCells = SmallStudy.MORE_TASKS - SmallStudy.MORE_SITES;
    assertThat(stored(directory.resolve("one-core")).counts().auditedCells())
        .isEqualTo(tasksWithCells);
    for (int audit : List.of(0, 1)) {
      Path out = directory.resolve("audit-" + audit);
      Ended run =
          SmallStudy.run(study, out, "--master", "local[2]", "--set", "execution.audit=" + audit);
      assertThat(run.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
      assertSameBytes(out);
      assertThat(Ended.inProcess("status", out.toString()).output().lines())
          .contains("cells audited    " + (audit == 0 ? "0" : tasksWithCells + ", all agreed"));
    }
  }

  @Test
  void twoExecutorProcesses() throws IOException, InterruptedException {
    Path out = directory.resolve("two-executors");
    try (ChildJvm child =
        SmallStudy.start(
            directory.resolve("cluster"),
            study,
            out,
            "--master",
            "local-cluster[2,1,1024]",
            // The job waits for both executors, so that both have work.
            "--spark-conf",
            "spark.scheduler.minRegisteredResourcesRatio=1.0",
            "--spark-conf",
            "spark.scheduler.maxRegisteredResourcesWaitingTime=120s")) {
      Ended run = child.await();
      assertThat(run.exitCode()).as(child.errors()).isEqualTo(ExitCode.INCOMPLETE);
      assertThat(stored(out).modelLoads()).as("one load an executor").isEqualTo(2);
      assertSameBytes(out);
    }
  }

  @Test
  void killedAndResumed() throws IOException, InterruptedException {
    Path out = directory.resolve("killed");
    try (ChildJvm child =
        SmallStudy.start(directory.resolve("victim"), study, out, "--master", "local[2]")) {
      child.awaitCells(out, FILES_BEFORE_KILL);
      child.kill();
    }
    Ended resumed = SmallStudy.run(study, out, "--master", "local[2]");
    assertThat(resumed.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    Matcher tasks = TASKS.matcher(resumed.output());
    assertThat(tasks.find()).as(resumed.output()).isTrue();
    int computed = Integer.parseInt(tasks.group(1));
    int reused = Integer.parseInt(tasks.group(2));
    assertThat(reused).isPositive();
    assertThat(computed).as("the run was killed before its end").isPositive();
    assertThat(computed + reused).isEqualTo(SmallStudy.MORE_TASKS);
    assertSameBytes(out);
  }

  private static void assertSameBytes(Path out) throws IOException {
    assertThat(SmallStudy.hashes(out)).isEqualTo(expected);
    assertThat(sortedRowsHash(out)).isEqualTo(expectedRows);
  }

  /** What {@code verify} prints of a study that is whole. */
  private static String sortedRowsHash(Path out) {
    Ended verified = Ended.inProcess("verify", out.toString());
    assertThat(verified.exitCode()).as(verified.output()).isEqualTo(ExitCode.DONE);
    Matcher hash = ROWS_HASH.matcher(verified.output());
    assertThat(hash.find()).as(verified.output()).isTrue();
    return hash.group(1);
  }

  private static StoreSummary stored(Path out) throws IOException {
    return StoredStudy.read(new org.apache.hadoop.fs.Path(out.toString()), new Configuration())
        .summary();
  }
}
