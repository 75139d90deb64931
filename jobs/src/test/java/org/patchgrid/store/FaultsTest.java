package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.patchgrid.study.PatchgridException;

/**
 * The whole protocol on a real disk, with a fault at every single call of the file system: nobody
 * ever sees half a file, the error says where, and the next run ends with the bytes of a run that
 * was not disturbed.
 */
class FaultsTest {
  private static final Configuration PLAIN = new Configuration();
  private static final Configuration NO_FAULTS = faults("", "");
  private static final int TASKS = 1;

  private Path root = Path.of("");
  private Map<String, byte[]> expected = Map.of();

  @BeforeEach
  void runUndisturbed(@TempDir Path directory) throws IOException {
    root = directory;
    StudyFolder folder = new StudyFolder(root.resolve("undisturbed"));
    run(folder.path(), PLAIN);
    expected = tables(folder);
    assertThat(expected).hasSize(2 * TASKS);
  }

  @ParameterizedTest
  @EnumSource(names = {"ERROR", "DEATH"})
  void atEveryCall(FaultFileSystem.Kind kind) throws IOException {
    int at = 1;
    while (disturb(kind, ".*", at)) {
      at++;
    }
    assertThat(at).as("calls that a run makes").isGreaterThan(100);
  }

  /** A full disk, above all. */
  @Test
  void atEveryCallOfAStreamAsTheLocalDiskTellsIt() throws IOException {
    int at = 1;
    while (disturb(FaultFileSystem.Kind.FS_ERROR, "(write|flush|sync|close|read) .*", at)) {
      at++;
    }
    assertThat(at).as("calls of streams").isGreaterThan(20);
  }

  /** Returns whether there was such a call. */
  private boolean disturb(FaultFileSystem.Kind kind, String calls, int at) throws IOException {
    String name = kind.name().toLowerCase(Locale.ROOT) + "-" + at;
    StudyFolder folder = new StudyFolder(root.resolve(name));
    Configuration faults = faults(kind, calls);
    faults.setInt("fs.fault.at", at);
    org.apache.hadoop.fs.Path path = faulty(name, folder);
    Optional<String> error = Optional.empty();
    try {
      run(path, faults);
    } catch (IOException | PatchgridException e) {
      error = Optional.of(String.valueOf(e.getMessage()));
    }
    boolean happened = fileSystem(path, faults).calls() >= at;
    error.ifPresent(message -> assertThat(message).as(name).contains(folder.root.toString()));
    requireWholeFilesOnly(folder);
    if (error.isEmpty()) {
      // Not noticed, then: a file that is there all the same, or no fault at all.
      assertThat(kind == FaultFileSystem.Kind.DEATH && happened).as(name).isFalse();
      assertThat(tables(folder)).as(name).containsExactlyInAnyOrderEntriesOf(expected);
    }

    run(faulty(name + "-resumed", folder), NO_FAULTS);
    assertThat(tables(folder)).as(name).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(Verification.verify(folder.path(), PLAIN).problems()).as(name).isEmpty();
    return happened;
  }

  /** As HDFS would tell: a rename refuses where a name was taken after the driver looked. */
  @Test
  void anotherDriverIsFasterAtEveryRename() throws IOException {
    Configuration faults = faults(FaultFileSystem.Kind.TWIN, "rename .*/(cells|pairs)/.*");
    faults.setInt("fs.fault.every", 1);
    StudyFolder folder = new StudyFolder(root.resolve("twin"));
    org.apache.hadoop.fs.Path path = faulty("twin", folder);
    run(path, faults);
    assertThat(fileSystem(path, faults).calls()).isEqualTo(2 * TASKS);
    assertThat(tables(folder)).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(Verification.verify(folder.path(), PLAIN).problems()).isEmpty();
    assertThat(folder.file("_staging")).doesNotExist();
  }

  @Test
  void anotherDriverBeginsTheStudyJustBefore() throws IOException {
    Configuration faults = faults(FaultFileSystem.Kind.TWIN, "rename .*/study\\.(json|conf)");
    faults.setInt("fs.fault.every", 1);
    StudyFolder folder = new StudyFolder(root.resolve("twin"));
    org.apache.hadoop.fs.Path path = faulty("twins-study", folder);
    run(path, faults);
    assertThat(fileSystem(path, faults).calls()).isEqualTo(2);
    assertThat(tables(folder)).containsExactlyInAnyOrderEntriesOf(expected);
  }

  /** It clears the staging directories of all drivers. */
  @Test
  void anotherDriverCompletesTheStudyBetweenStagingAndCommit() throws IOException {
    StudyFolder folder = new StudyFolder(root.resolve("late"));
    try (ResultStore late = folder.open()) {
      StagedTask staged = folder.stage(late, 0);
      run(folder.path(), PLAIN);
      assertThat(folder.file("_staging")).doesNotExist();
      assertThat(late.commit(staged)).isEqualTo(CommitOutcome.ALREADY_COMMITTED);
      late.finish(RunOutcome.COMPLETE, 0);
    }
    assertThat(tables(folder)).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(Verification.verify(folder.path(), PLAIN).problems()).isEmpty();
  }

  /** The same at any moment of a run, whose staging directory is gone from there on. */
  @Test
  void anotherDriverCompletesTheStudyMeanwhile() throws IOException {
    int at = 1;
    while (completedBefore(at)) {
      at++;
    }
    assertThat(at).as("calls in the staging directory, and renames").isGreaterThan(50);
  }

  private boolean completedBefore(int at) throws IOException {
    StudyFolder folder = new StudyFolder(root.resolve("completed-" + at));
    FaultFileSystem fileSystem = actor(folder, ".*/_staging.*|rename.*", at, 0);
    fileSystem.onTurn(() -> run(folder.path(), PLAIN));
    run(faulty(folder), NO_FAULTS);
    requireComplete(folder);
    return fileSystem.calls() >= at;
  }

  /**
   * It removes one entry after the other, so that a write may fail more than once: a file is gone
   * before it is renamed, the directory once it was made for the next try, and that above it too.
   */
  @Test
  void anotherDriverClearsWhatAWriteNeedsAgainAndAgain() throws IOException {
    int at = 1;
    while (clearedThreeTimes(at)) {
      at++;
    }
    assertThat(at).as("writes of a run").isGreaterThan(8);
  }

  private boolean clearedThreeTimes(int at) throws IOException {
    StudyFolder folder = new StudyFolder(root.resolve("cleared-" + at));
    FaultFileSystem fileSystem = actor(folder, "made .*/_staging/[^/]+", at, 1);
    AtomicInteger turns = new AtomicInteger();
    fileSystem.onTurn(
        () -> {
          if (turns.incrementAndGet() <= 3) {
            run(folder.path(), PLAIN);
          }
        });
    run(faulty(folder), NO_FAULTS);
    requireComplete(folder);
    return turns.get() > 0;
  }

  /** A directory that was just emptied is not empty any more, and the disk refuses to remove it. */
  @Test
  void anotherDriverStagesMeanwhile() throws IOException {
    int at = 1;
    while (stagedBefore(at)) {
      at++;
    }
    assertThat(at).as("calls in the staging directory").isGreaterThan(50);
  }

  private boolean stagedBefore(int at) throws IOException {
    StudyFolder folder = new StudyFolder(root.resolve("staged-" + at));
    FaultFileSystem fileSystem = actor(folder, ".*/_staging.*", at, 0);
    try (ResultStore another = folder.open()) {
      List<StagedTask> staged = new ArrayList<>();
      fileSystem.onTurn(() -> staged.add(folder.stage(another, 0)));
      run(faulty(folder), NO_FAULTS);
      for (StagedTask task : staged) {
        assertThat(another.commit(task)).isEqualTo(CommitOutcome.ALREADY_COMMITTED);
      }
      another.finish(RunOutcome.COMPLETE, 0);
    }
    requireComplete(folder);
    return fileSystem.calls() >= at;
  }

  private static FaultFileSystem actor(StudyFolder folder, String calls, int at, int every)
      throws IOException {
    Configuration faults = faults(FaultFileSystem.Kind.ACT, calls);
    faults.setInt("fs.fault.at", at);
    faults.setInt("fs.fault.every", every);
    return fileSystem(faulty(folder), faults);
  }

  /** The file system's name is the folder's. */
  private static org.apache.hadoop.fs.Path faulty(StudyFolder folder) {
    return faulty(folder.root.getFileName().toString(), folder);
  }

  private void requireComplete(StudyFolder folder) throws IOException {
    String name = folder.root.getFileName().toString();
    assertThat(tables(folder)).as(name).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(Verification.verify(folder.path(), PLAIN).problems()).as(name).isEmpty();
    assertThat(folder.file("_staging")).as(name).doesNotExist();
  }

  /** What a driver and its executors do to the output of a study. */
  private static void run(org.apache.hadoop.fs.Path path, Configuration configuration)
      throws IOException {
    Clock clock = Clock.systemUTC();
    try (ResultStore store =
        ResultStore.open(path, configuration, Samples.identity(), DriverRun.begin(clock), clock)) {
      store.runStarted(Map.of());
      assertThat(store.endedUnder()).allSatisfy((task, alone) -> assertThat(alone).isZero());
      SharedOutput output = store.sharedOutput();
      for (int task = 0; task < TASKS; task++) {
        if (store.completedTasks().get(task)) {
          continue;
        }
        output.requireSeen(configuration);
        TaskWriter writer =
            new TaskWriter(
                store.directory(),
                configuration,
                store.run(),
                store.identity().fingerprint(),
                Samples.STUDY_ID,
                Samples.COMPUTED_WITH);
        writer.began(Samples.task(task), false);
        StagedTask staged = writer.write(Samples.task(task), 1, Samples.result(task));
        writer.ended(Samples.task(task), false);
        store.commit(staged);
        store.flush();
      }
      store.finish(RunOutcome.COMPLETE, 0);
    }
  }

  private void requireWholeFilesOnly(StudyFolder folder) throws IOException {
    tables(folder)
        .forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
    for (String list : folder.files("manifest")) {
      if (list.endsWith(".jsonl")) {
        assertThat(Files.readString(folder.file("manifest/" + list))).endsWith("}\n");
      }
    }
  }

  private static Map<String, byte[]> tables(StudyFolder folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String table : List.of("cells", "pairs")) {
      for (String file : folder.files(table)) {
        files.put(table + "/" + file, Files.readAllBytes(folder.file(table + "/" + file)));
      }
    }
    return files;
  }

  private static Configuration faults(FaultFileSystem.Kind kind, String calls) {
    return faults(kind.name(), calls);
  }

  private static Configuration faults(String kind, String calls) {
    Configuration configuration = new Configuration(PLAIN);
    configuration.set("fs.fault.impl", FaultFileSystem.class.getName());
    configuration.set("fs.fault.kind", kind);
    configuration.set("fs.fault.call", calls);
    return configuration;
  }

  private static org.apache.hadoop.fs.Path faulty(String name, StudyFolder folder) {
    return new org.apache.hadoop.fs.Path("fault://" + name + folder.root);
  }

  private static FaultFileSystem fileSystem(
      org.apache.hadoop.fs.Path path, Configuration configuration) throws IOException {
    FileSystem fileSystem = path.getFileSystem(configuration);
    return (FaultFileSystem) fileSystem;
  }
}
