package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PatchgridException;

/** How a directory becomes a compacted study; without Spark, which only sorts. */
class CompactedStudyTest {
  private static final int TASKS = 3;
  private static final String NAME = "the-compacted-study";

  private Path root = Path.of("");
  private StudyFolder original = new StudyFolder(root);
  private Optional<String> expected = Optional.empty();

  @BeforeEach
  void runStudy(@TempDir Path directory) throws IOException {
    root = directory;
    original = new StudyFolder(root.resolve("original"));
    try (ResultStore store = original.open()) {
      store.runStarted(java.util.Map.of(StoredStudy.TASKS, Integer.toString(TASKS)));
    }
    original.complete(TASKS);
    expected = Verification.verify(original.path(), original.configuration).sortedRowsHash();
    assertThat(expected).isPresent();
  }

  @Test
  void itIsReadAsTheOriginal() throws IOException {
    StudyFolder compacted = new StudyFolder(root.resolve(NAME));
    compact(compacted.path(), compacted.configuration);
    requireSame(compacted);
    StoredStudy study = StoredStudy.read(compacted.path(), compacted.configuration);
    StoredStudy before = StoredStudy.read(original.path(), original.configuration);
    assertThat(study.identity()).isEqualTo(before.identity());
    assertThat(study.summary()).isEqualTo(before.summary());
    assertThat(study.lastStatus()).isEqualTo(before.lastStatus());
    assertThat(study.compaction().orElseThrow().source()).isEqualTo(original.root.toString());
    assertThat(before.compaction()).isEmpty();
    CommittedFiles files = CommittedFiles.read(compacted.path(), compacted.configuration);
    assertThat(files.sha256())
        .isEqualTo(CommittedFiles.read(original.path(), original.configuration).sha256());
    assertThat(compacted.files(""))
        .containsExactly(
            "cells/part-000000.parquet",
            "manifest/" + manifestOf(compacted),
            "manifest/status.json",
            "manifest/study.json",
            "pairs/part-000000.parquet",
            "study.conf");
  }

  private static String manifestOf(StudyFolder study) throws IOException {
    return study.files("manifest").stream()
        .filter(name -> name.endsWith(".jsonl"))
        .findFirst()
        .orElseThrow();
  }

  /** A compaction that dies anywhere leaves no study, or the whole one; the next one makes it. */
  @Test
  void aDeathAtEveryChangeLeavesNothingThatLooksComplete() throws IOException {
    int at = 1;
    while (dies(at)) {
      at++;
    }
    assertThat(at).as("changes that a compaction makes").isGreaterThan(30);
  }

  private boolean dies(int at) throws IOException {
    StudyFolder compacted = new StudyFolder(root.resolve(NAME + at));
    Configuration faults = new Configuration();
    faults.set("fs.fault.impl", FaultFileSystem.class.getName());
    faults.set("fs.fault.kind", FaultFileSystem.Kind.DEATH.name());
    faults.set("fs.fault.call", "(create|mkdirs|close|rename|renamed|delete) .*");
    faults.setInt("fs.fault.at", at);
    org.apache.hadoop.fs.Path path =
        new org.apache.hadoop.fs.Path("fault://compacted-" + at + compacted.root);
    boolean died = false;
    try {
      compact(path, faults);
    } catch (IOException e) {
      died = true;
    }
    boolean happened = ((FaultFileSystem) path.getFileSystem(faults)).calls() >= at;
    assertThat(died).as("at call %d", at).isEqualTo(happened);
    if (compacted.file("manifest/study.json").toFile().exists()) {
      requireSame(compacted);
    } else {
      // Tables get their names whole, those of pairs first.
      assertThat(compacted.files("cells")).hasSizeLessThan(2);
      compact(compacted.path(), compacted.configuration);
      requireSame(compacted);
    }
    return happened;
  }

  @Test
  void aDirectoryOfSomethingElseIsLeftAlone() throws IOException {
    StudyFolder other = new StudyFolder(root.resolve("other"));
    Files.createDirectories(other.root);
    Files.writeString(other.file("notes.txt"), "mine");
    assertThatThrownBy(() -> compact(other.path(), other.configuration))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot compact into '%s': it holds 'notes.txt'; choose an empty or new directory as --to",
            other.root);
    assertThat(other.files("")).containsExactly("notes.txt");
    assertThatThrownBy(() -> compact(original.path(), original.configuration))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot compact into '%s': it holds a study already; choose another --to",
            original.root);
    assertThatThrownBy(
            () ->
                compact(
                    new org.apache.hadoop.fs.Path(other.file("notes.txt").toString()),
                    other.configuration))
        .hasMessage(
            "Cannot compact into '%s': it is a file; choose another --to", other.file("notes.txt"));
  }

  @Test
  void noTaskIsAddedToIt() throws IOException {
    StudyFolder compacted = new StudyFolder(root.resolve(NAME));
    compact(compacted.path(), compacted.configuration);
    List<String> files = compacted.files("");
    assertThatThrownBy(compacted::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot run into '%s': it is a compacted copy of '%s', which takes no more tasks; run into that directory, or choose another --out",
            compacted.root, original.root);
    assertThat(compacted.files("")).isEqualTo(files);
  }

  @Test
  void aStudyThatHasNotEndedIsRefusedUnlessAskedFor() throws IOException {
    StudyFolder begun = new StudyFolder(root.resolve("begun"));
    try (ResultStore store = begun.open()) {
      store.runStarted(java.util.Map.of(StoredStudy.TASKS, "2"));
      assertThatThrownBy(() -> CompactionSource.read(begun.path(), begun.configuration, true))
          .hasMessage(
              "Cannot compact '%s': no task of the study is stored yet; run it first", begun.root);
      store.commit(begun.stage(store, 0));
    }
    assertThatThrownBy(() -> CompactionSource.read(begun.path(), begun.configuration, false))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot compact '%s': 1 of 2 tasks of the study are stored; run it again to complete it, or compact what is there by --unfinished (a compacted study takes no more tasks)",
            begun.root);
    assertThat(
            CompactionSource.read(begun.path(), begun.configuration, true)
                .files()
                .rows(ResultTable.CELLS))
        .isEqualTo(4);
  }

  /** Given up is not missing: the run ended, and said so. */
  @Test
  void aStudyWithATaskThatWasGivenUpHasEnded() throws IOException {
    StudyFolder ended = new StudyFolder(root.resolve("ended"));
    try (ResultStore store = ended.open()) {
      store.runStarted(java.util.Map.of(StoredStudy.TASKS, "2"));
      store.commit(ended.stage(store, 0));
      store.taskQuarantined(1, "it kills executors");
      store.finish(RunOutcome.COMPLETE, 3);
    }
    CompactionSource source = CompactionSource.read(ended.path(), ended.configuration, false);
    assertThat(source.files().tasks()).isEqualTo(1);
  }

  @Test
  void rowsThatAreMissingAreABug() {
    StudyFolder compacted = new StudyFolder(root.resolve(NAME));
    assertThatThrownBy(
            () -> {
              CompactionSource source =
                  CompactionSource.read(original.path(), original.configuration, false);
              CompactedStudy.claim(
                      compacted.path(), compacted.configuration, DriverRun.begin(Clock.systemUTC()))
                  .publish(source, List.of(), Clock.systemUTC());
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("0 rows of pairs were read and 3 are to be there");
    assertThat(compacted.file("manifest")).doesNotExist();
  }

  private void compact(org.apache.hadoop.fs.Path to, Configuration configuration)
      throws IOException {
    CompactionSource source = CompactionSource.read(original.path(), original.configuration, false);
    DriverRun run = DriverRun.begin(Clock.systemUTC());
    CompactedStudy compacted = CompactedStudy.claim(to, configuration, run);
    PartWriter writer =
        new PartWriter(
            compacted.directory(), configuration, run, "f1", source.identity().studyId());
    List<Measurement> rows = new ArrayList<>();
    List<byte[]> pairs = new ArrayList<>();
    for (ResultFile file : source.files().files()) {
      assertThat(file.problem(original.path(), original.configuration)).isEmpty();
      if (file.table() == ResultTable.CELLS) {
        StoredCells.read(
                new org.apache.hadoop.fs.Path(original.file(file).toString()),
                original.configuration)
            .forEach(row -> rows.add(row.measurement()));
      } else {
        pairs.add(file.read(original.path(), original.configuration));
      }
    }
    rows.sort(Measurement.ROW_ORDER);
    List<ResultFile> staged =
        List.of(writer.pairs(0, 1, pairs.iterator()), writer.cells(0, 2, rows.iterator()));
    compacted.publish(source, staged, Clock.systemUTC());
  }

  private void requireSame(StudyFolder compacted) throws IOException {
    VerificationReport report = Verification.verify(compacted.path(), compacted.configuration);
    assertThat(report.problems()).isEmpty();
    assertThat(report.files()).isEqualTo(2);
    assertThat(report.pairRows()).isEqualTo(TASKS);
    assertThat(report.sortedRowsHash()).isEqualTo(expected);
  }
}
