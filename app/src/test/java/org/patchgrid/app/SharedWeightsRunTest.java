package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.store.FaultFileSystem;
import org.patchgrid.weights.ModelDescription;

/** Runs with the plain kernel, whose weights the executors of a host have in memory once. */
class SharedWeightsRunTest {
  private static Path directory = Path.of("");
  private static String study = "";
  private static Map<String, String> expected = Map.of();
  private static Path cacheOfLocalMode = Path.of("");

  @BeforeAll
  static void runOnOneCore(@TempDir Path temporary) throws IOException, InterruptedException {
    directory = temporary;
    study = SmallStudy.write(directory).toString();
    cacheOfLocalMode = directory.resolve("local-cache");
    Path out = directory.resolve("one-core");
    try (ChildJvm child =
        ChildJvm.withOptions(
            List.of("-Dpatchgrid.cache=" + cacheOfLocalMode),
            Files.createDirectory(directory.resolve("local")),
            arguments(out.toString(), "local[1]").toArray(String[]::new))) {
      assertThat(child.await().exitCode()).as(child.errors()).isEqualTo(ExitCode.INCOMPLETE);
    }
    expected = SmallStudy.hashes(out);
    assertThat(expected).isNotEmpty();
  }

  /** Where tasks share them in their one process anyway. */
  @Test
  void inLocalModeNoFilesAreWritten() {
    assertThat(cacheOfLocalMode.resolve("weights")).doesNotExist();
  }

  /** One is stopped in its third task until both were looked at: the study does not end before. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/PID/smaps")
  void twoExecutorsHaveTheSameWeightsMapped() throws IOException, InterruptedException {
    Path out = directory.resolve("two-executors");
    Path cache = directory.resolve("cache");
    Path marker = directory.resolve("stopped.process");
    List<String> run = onTwoExecutors("fault://shared" + out, cache);
    run.addAll(
        FaultFileSystem.arguments(
            FaultFileSystem.Kind.FREEZE,
            "close .*/_staging/.*[.]cells[.]parquet",
            "fault.at=3",
            "fault.marker=" + marker));
    try (ChildJvm child = start("cluster", run)) {
      child.awaitFile(marker);
      Set<String> files = inodes(cache.resolve("weights"));
      assertThat(files).hasSizeGreaterThan(10);
      List<MappedFiles> executors = List.of();
      while (executors.size() < 2) {
        assertThat(child.isAlive()).as(child.errors()).isTrue();
        executors = executorsWithAll(files, child, cache.resolve("weights"));
      }
      assertThat(executors)
          .hasSize(2)
          .allSatisfy(
              executor -> assertThat(executor.share()).isLessThan(executor.resident() * 7 / 10));
      Process goOn = new ProcessBuilder("kill", "-CONT", Files.readString(marker)).start();
      assertThat(goOn.waitFor()).isZero();
      assertThat(child.await().exitCode()).as(child.errors()).isEqualTo(ExitCode.INCOMPLETE);
    }
    assertThat(SmallStudy.hashes(out)).isEqualTo(expected);
  }

  /** Each says so in one line, not in one a matrix. */
  @Test
  void executorsThatCannotShareSaySoOnceAndComputeTheSame()
      throws IOException, InterruptedException {
    Path out = directory.resolve("alone");
    Path cache = directory.resolve("no-cache");
    String model =
        ModelDescription.read(SmallStudy.root().resolve("data/models/atlas-6l")).fingerprint();
    Path weights = cache.resolve("weights").resolve(model);
    // Where the lock should be a file: nothing can be written there, whoever tries.
    Files.createDirectories(weights.resolve("lock"));
    try (ChildJvm child = start("alone-jvm", onTwoExecutors(out.toString(), cache))) {
      assertThat(child.await().exitCode()).as(child.errors()).isEqualTo(ExitCode.INCOMPLETE);
    }
    assertThat(SmallStudy.hashes(out)).isEqualTo(expected);
    List<Path> logs;
    try (Stream<Path> files = Files.walk(directory.resolve("alone-jvm/work"))) {
      logs = files.filter(file -> file.endsWith("stderr")).toList();
    }
    assertThat(logs).hasSize(2);
    for (Path log : logs) {
      assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("host share")))
          .singleElement()
          .asString()
          .contains(
              "share only those weights that are in " + weights + " already, since more could not");
    }
  }

  private static List<MappedFiles> executorsWithAll(Set<String> files, ChildJvm child, Path weights)
      throws IOException {
    List<MappedFiles> executors = new ArrayList<>();
    for (long process : child.descendants()) {
      MappedFiles mapped = MappedFiles.of(process, weights);
      if (mapped.inodes().equals(files)) {
        executors.add(mapped);
      }
    }
    return executors;
  }

  private static Set<String> inodes(Path weights) throws IOException {
    Set<String> inodes = new TreeSet<>();
    try (Stream<Path> files = Files.walk(weights)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".float32")).toList()) {
        inodes.add(Files.getAttribute(file, "unix:ino").toString());
      }
    }
    return inodes;
  }

  private static ChildJvm start(String name, List<String> arguments) throws IOException {
    return ChildJvm.start(
        Files.createDirectory(directory.resolve(name)), arguments.toArray(String[]::new));
  }

  private static List<String> onTwoExecutors(String out, Path cache) {
    List<String> arguments = new ArrayList<>(arguments(out, "local-cluster[2,1,1024]"));
    List.of(
            "spark.executorEnv.PATCHGRID_CACHE=" + cache,
            // The job waits for both executors, so that both have work.
            "spark.scheduler.minRegisteredResourcesRatio=1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime=120s")
        .forEach(setting -> arguments.addAll(List.of("--spark-conf", setting)));
    return arguments;
  }

  private static List<String> arguments(String out, String master) {
    return List.of(
        "run", study, "--set", "execution.kernel=plain", "--master", master, "--out", out);
  }
}
