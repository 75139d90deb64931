package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.RecoveryError;
import org.patchgrid.study.TaskResult;
import org.patchgrid.table.SampleRows;

class ResultStoreTest {
  private static final String CELLS_0 = "cells/task-000000000000.parquet";
  private static final String CELLS_1 = "cells/task-000000000001.parquet";
  private static final String PAIRS_0 = "pairs/task-000000000000.parquet";

  private Path root;
  private StudyFolder folder;

  @BeforeEach
  void setUp(@TempDir Path directory) {
    root = directory;
    folder = new StudyFolder(root.resolve("out"));
  }

  @Test
  void completeStudyHasFilesManifestAndNoStaging() throws IOException {
    try (ResultStore store = folder.open()) {
      store.runStarted(Map.of("engine", "wavefront", "executors", "2"));
      assertThat(store.commit(folder.stage(store, 0))).isEqualTo(CommitOutcome.COMMITTED);
      assertThat(store.commit(folder.stage(store, 1))).isEqualTo(CommitOutcome.COMMITTED);
      store.modelLoaded("1", 1);
      store.modelLoaded("2", 1);
      store.modelLoaded("2", 1);
      store.finish(RunOutcome.COMPLETE, 0);
    }
    assertThat(folder.files("cells"))
        .containsExactly("task-000000000000.parquet", "task-000000000001.parquet");
    assertThat(folder.files("pairs"))
        .containsExactly("task-000000000000.parquet", "task-000000000001.parquet");
    assertThat(folder.file("study.conf")).hasContent(Samples.identity().studyText());
    assertThat(folder.file("_staging")).doesNotExist();
    assertThat(folder.files("")).noneMatch(name -> name.endsWith(".crc"));

    StoredStudy study = StoredStudy.read(folder.path(), folder.configuration);
    assertThat(study.identity()).isEqualTo(Samples.identity());
    StoreSummary summary = study.summary();
    assertThat(summary.completedTasks()).isEqualTo(2);
    assertThat(summary.counts())
        .isEqualTo(
            new TaskCounts(
                4,
                0,
                2,
                Map.of("ok", 2L),
                Map.of("ok", 8L),
                Map.of("l2", new RecoveryError(4, 0.125, 0.25))));
    assertThat(summary.counts().totalRows()).isEqualTo(8);
    assertThat(summary.modelLoads()).isEqualTo(2);
    assertThat(summary.runs()).hasSize(1);
    assertThat(summary.runs().get(0)).containsEntry("engine", "wavefront");
    RunStatus status = study.lastStatus().orElseThrow();
    assertThat(status.outcome()).isEqualTo(RunOutcome.COMPLETE);
    assertThat(status.exitCode()).isZero();
  }

  @Test
  void resumeKnowsWhatIsDone() throws IOException {
    try (ResultStore store = folder.open()) {
      store.commit(folder.stage(store, 1));
      store.finish(RunOutcome.INTERRUPTED, 130);
    }
    try (ResultStore store = folder.open()) {
      assertThat(store.completedTasks().stream()).containsExactly(1);
      store.commit(folder.stage(store, 0));
      assertThat(store.completedTasks().stream()).containsExactly(0, 1);
      store.finish(RunOutcome.COMPLETE, 0);
    }
    StoredStudy study = StoredStudy.read(folder.path(), folder.configuration);
    assertThat(study.lastStatus().orElseThrow().exitCode()).isZero();
    assertThat(study.summary().completedTasks()).isEqualTo(2);
  }

  @Test
  void resumeKeepsTheFirstStudyText() throws IOException {
    folder.complete(1);
    StudyIdentity first = Samples.identity();
    StudyIdentity again =
        new StudyIdentity(
            first.studyId(), first.fingerprint(), Map.of(), Map.of(), "other resolution");
    try (ResultStore store = folder.open(again)) {
      assertThat(store.identity()).isEqualTo(first);
    }
    assertThat(folder.file("study.conf")).hasContent(first.studyText());
  }

  @Test
  void quarantinedTaskIsListedUntilItIsDone() throws IOException {
    ResultStore killed = folder.open();
    folder.stage(killed, 1);
    try (ResultStore store = folder.open()) {
      store.taskQuarantined(0, "out of memory");
      store.finish(RunOutcome.INCOMPLETE, 3);
    }
    assertThat(folder.file("_staging")).doesNotExist();
    try (ResultStore store = folder.open()) {
      assertThat(store.summary().quarantined()).containsExactly(Map.entry(0, "out of memory"));
      store.commit(folder.stage(store, 0));
      assertThat(store.summary().quarantined()).isEmpty();
    }
  }

  @Test
  void anotherStudyIsRefused() throws IOException {
    folder.complete(1);
    assertThatThrownBy(() -> folder.open(Samples.identity("rivers", "f2")))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot use '%s': it holds study 'capitals' with fingerprint f1, not 'rivers' with"
                + " fingerprint f2 (they differ in: prompts); choose another --out",
            folder.root);
  }

  @Test
  void foreignDirectoryIsRefusedAndLeftAlone() throws IOException {
    Files.createDirectories(folder.root);
    Files.writeString(folder.file("study.conf"), "mine");
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot write results to '%s': it holds 'study.conf' but no study; choose an empty or"
                + " new directory as --out",
            folder.root);
    assertThat(folder.files("")).containsExactly("study.conf");
    assertThat(folder.file("study.conf")).hasContent("mine");
  }

  @Test
  void fileInPlaceOfTheDirectoryIsRefused() throws IOException {
    Files.writeString(folder.root, "text");
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot write results to '%s': it is a file; choose another --out", folder.root);
  }

  @Test
  void directoryOfARunThatDiedAtOnceIsAccepted() throws IOException {
    Files.createDirectories(folder.file("manifest"));
    Files.createDirectories(folder.file("_staging/20260101T000000Z-00000000"));
    Files.writeString(
        folder.file("_staging/20260101T000000Z-00000000/manifest-study.json.tmp"), "{");
    folder.complete(1);
    assertThat(folder.file("_staging")).doesNotExist();
  }

  @Test
  void missingStudyTextIsWrittenAgain() throws IOException {
    folder.complete(1);
    Files.delete(folder.file("study.conf"));
    folder.open().close();
    assertThat(folder.file("study.conf")).hasContent(Samples.identity().studyText());
  }

  @Test
  void sameTaskWithSameBytesIsDropped() throws IOException {
    try (ResultStore store = folder.open()) {
      store.commit(folder.stage(store, 0, 1, Samples.result(0)));
      StagedTask again = folder.stage(store, 0, 2, Samples.result(0));
      assertThat(store.commit(again)).isEqualTo(CommitOutcome.ALREADY_COMMITTED);
      assertThat(folder.files("_staging")).isEmpty();
      assertThat(store.summary().completedTasks()).isEqualTo(1);
    }
  }

  @Test
  void sameTaskWithOtherBytesStops() throws IOException {
    try (ResultStore store = folder.open()) {
      store.commit(folder.stage(store, 0, 1, Samples.result(0)));
      StagedTask other = folder.stage(store, 0, 2, otherCells());
      byte[] committed = Files.readAllBytes(folder.file(CELLS_0));
      assertThatThrownBy(() -> store.commit(other))
          .isInstanceOf(TaskConflictException.class)
          .hasMessageStartingWith(
              "Task gave other bytes than before: " + CELLS_0 + " in '" + folder.root + "' has")
          .hasMessageEndingWith("start again with another --out on machines of one kind");
      assertThat(folder.file(CELLS_0)).hasBinaryContent(committed);
    }
  }

  @Test
  void otherBytesAtTheTargetNameStop() throws IOException {
    ResultStore killed = folder.open();
    killed.commit(folder.stage(killed, 0));
    try (ResultStore store = folder.open()) {
      // Another driver commits task 1, after this one was opened.
      killed.commit(folder.stage(killed, 1));
      StagedTask other = folder.stage(store, 1, 2, Samples.result(2));
      assertThatThrownBy(() -> store.commit(other)).isInstanceOf(TaskConflictException.class);
    }
  }

  @Test
  void twoListingsOfOneTaskWithOtherBytesStopTheNextOpening() throws IOException {
    folder.complete(1);
    Path list =
        folder.file(
            "manifest/"
                + folder.files("manifest").stream()
                    .filter(name -> name.endsWith("0.jsonl"))
                    .findFirst()
                    .orElseThrow());
    ResultStore store = folder.open();
    StagedTask other = folder.stage(store, 0, 1, otherCells());
    String hash = other.file(ResultTable.CELLS).orElseThrow().sha256();
    String line = Files.readString(list);
    String known = line.replaceAll("(?s).*\"cells/[^}]*\"sha256\":\"([0-9a-f]+)\".*", "$1");
    Files.writeString(folder.file("manifest/zz-00000000.jsonl"), line.replace(known, hash));
    assertThatThrownBy(folder::open).isInstanceOf(TaskConflictException.class);
    assertThatThrownBy(() -> store.finish(RunOutcome.COMPLETE, 0))
        .isInstanceOf(TaskConflictException.class);
  }

  private static TaskResult otherCells() {
    return new TaskResult(
        List.of(SampleRows.pair("pair-0", PairStatus.OK)),
        SampleRows.of("pair-0", 0.5),
        2,
        1,
        Map.of());
  }

  @Test
  void damagedStagedFileIsNotCommitted() throws IOException {
    try (ResultStore store = folder.open()) {
      StagedTask flipped = folder.stage(store, 0);
      folder.flipByte(flipped.file(ResultTable.CELLS).orElseThrow().path());
      assertThatThrownBy(() -> store.commit(flipped))
          .isInstanceOf(DamagedFileException.class)
          .hasMessageStartingWith("Staged file has other bytes than were written: ");
      StagedTask shortened = folder.stage(store, 1);
      folder.truncate(shortened.file(ResultTable.PAIRS).orElseThrow().path());
      assertThatThrownBy(() -> store.commit(shortened))
          .isInstanceOf(DamagedFileException.class)
          .hasMessageStartingWith("Staged file has ");
      StagedTask missing = folder.stage(store, 2);
      Files.delete(folder.file(missing.file(ResultTable.CELLS).orElseThrow()));
      assertThatThrownBy(() -> store.commit(missing))
          .isInstanceOf(DamagedFileException.class)
          .hasMessageStartingWith("Staged file is missing: ");
      assertThat(folder.files("cells")).isEmpty();
      assertThat(folder.files("pairs")).isEmpty();
      // Another attempt is welcome.
      store.commit(folder.stage(store, 0, 2, Samples.result(0)));
      assertThat(store.completedTasks().stream()).containsExactly(0);
    }
  }

  // A driver is "killed" by not calling the next step. What is not flushed is lost.

  @Test
  void killedAfterStagingStartsTheTaskAgain() throws IOException {
    ResultStore killed = folder.open();
    folder.stage(killed, 0);
    try (ResultStore store = folder.open()) {
      assertThat(store.completedTasks().isEmpty()).isTrue();
      assertThat(folder.files("_staging")).hasSize(2);
      store.commit(folder.stage(store, 0));
      store.finish(RunOutcome.COMPLETE, 0);
    }
    assertThat(folder.file("_staging")).doesNotExist();
    requireVerified();
  }

  @Test
  void killedBetweenPairsAndCellsAcceptsThePairsFile() throws IOException {
    ResultStore killed = folder.open();
    StagedTask staged = folder.stage(killed, 0);
    Files.move(folder.file(staged.file(ResultTable.PAIRS).orElseThrow()), folder.file(PAIRS_0));
    try (ResultStore store = folder.open()) {
      assertThat(store.completedTasks().isEmpty()).isTrue();
      assertThat(store.commit(folder.stage(store, 0))).isEqualTo(CommitOutcome.COMMITTED);
      store.finish(RunOutcome.COMPLETE, 0);
    }
    requireVerified();
  }

  @Test
  void killedBeforeListingHasItsFilesAdopted() throws IOException {
    ResultStore killed = folder.open();
    killed.commit(folder.stage(killed, 0));
    killed.commit(folder.stage(killed, 1));
    assertThat(folder.files("manifest")).containsExactly("study.json");
    try (ResultStore store = folder.open()) {
      assertThat(store.completedTasks().stream()).containsExactly(0, 1);
      assertThat(store.summary().counts())
          .isEqualTo(new TaskCounts(4, 0, 0, Map.of("ok", 2L), Map.of("ok", 8L), Map.of()));
    }
    assertThat(folder.files("manifest")).hasSize(2);
    requireVerified();
    // The driver was frozen, not killed: its listing says the same.
    killed.finish(RunOutcome.COMPLETE, 0);
    assertThat(folder.open().completedTasks().stream()).containsExactly(0, 1);
  }

  private void requireVerified() throws IOException {
    assertThat(Verification.verify(folder.path(), folder.configuration).problems()).isEmpty();
  }

  @Test
  void unlistedFileOfAnotherStudyIsNotAdopted() throws IOException {
    StudyFolder other = new StudyFolder(root.resolve("other"));
    try (ResultStore store = other.open(Samples.identity("rivers", "f2"))) {
      store.commit(other.stage(store, 0));
    }
    folder.complete(1);
    Files.copy(other.file(CELLS_0), folder.file(CELLS_1));
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot resume '%s': '%s' is not part of the study, it is of another study or task;"
                + " move it away and run again",
            folder.root, CELLS_1);
  }

  @Test
  void unlistedFileUnderAnotherTasksNameIsNotAdopted() throws IOException {
    folder.complete(1);
    Files.copy(folder.file(CELLS_0), folder.file(CELLS_1));
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining(CELLS_1)
        .hasMessageContaining("it is of another study or task");
  }

  @Test
  void unlistedUnreadableFileIsNotAdopted() throws IOException {
    folder.complete(1);
    Files.writeString(folder.file(CELLS_1), "not Parquet, but longer than a footer could be short");
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot resume '%s': '%s' is not part of the study, it is not listed in the manifest"
                + " and its footer cannot be read; move it away and run again",
            folder.root, CELLS_1);
  }

  @Test
  void fileWithAForeignNameIsRefused() throws IOException {
    folder.complete(1);
    Files.copy(folder.file(CELLS_0), folder.file("cells/copy.parquet"));
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("'cells/copy.parquet' is not part of the study, its name");
  }

  @Test
  void missingListedFileIsAnError() throws IOException {
    folder.complete(1);
    Files.delete(folder.file(CELLS_0));
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot resume '%s': '%s' is damaged, it is listed in the manifest but missing; restore"
                + " it from a copy, or start again with another --out",
            folder.root, CELLS_0);
  }

  @Test
  void truncatedListedFileIsAnError() throws IOException {
    folder.complete(1);
    folder.truncate(PAIRS_0);
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("'" + PAIRS_0 + "' is damaged, it has ");
  }

  @Test
  void damagedManifestIsAnError() throws IOException {
    folder.complete(1);
    Files.writeString(folder.file("manifest/zz-00000000.jsonl"), "{\"event\":\"task-comm");
    assertThatThrownBy(folder::open)
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(
            "Cannot read 'manifest/zz-00000000.jsonl' in '" + folder.root + "': it is damaged;");
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    folder.complete(1);
    String message =
        "Cannot use '%s': another version of Patchgrid wrote its results, in format %d, and this"
            + " one knows format 2; use the version that wrote them, or choose another --out";
    // A newer one, and an older one that had not all that this version wants.
    Path document = folder.file("manifest/study.json");
    Files.writeString(
        document,
        Files.readString(document).replaceFirst("formatVersion\" : 2", "formatVersion\" : 3"));
    assertRefused(message.formatted(folder.root, 3));
    Files.writeString(document, "{\"formatVersion\": 1, \"study\": \"capitals\"}");
    assertRefused(message.formatted(folder.root, 1));
  }

  @Test
  void manifestOfAnotherShapeIsNotCalledDamaged() throws IOException {
    folder.complete(1);
    for (String list : folder.files("manifest")) {
      if (list.endsWith(".jsonl")) {
        Path file = folder.file("manifest/" + list);
        Files.writeString(file, Files.readString(file).replace("\"computedWith\"", "\"kernel\""));
      }
    }
    assertRefused(
        "another version of Patchgrid wrote it; use that version, or choose another --out");
  }

  private void assertRefused(String message) {
    List<ThrowingCallable> readers =
        List.of(
            folder::open,
            () -> StoredStudy.read(folder.path(), folder.configuration),
            () -> CommittedFiles.read(folder.path(), folder.configuration),
            () -> Verification.verify(folder.path(), folder.configuration));
    for (ThrowingCallable reader : readers) {
      assertThatThrownBy(reader)
          .isInstanceOf(PatchgridException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void staleChecksumFileDoesNotHideAGoodFile() throws IOException {
    folder.complete(1);
    Files.write(
        folder.file("cells/.task-000000000000.parquet.crc"),
        "crc\0\0\0\2\0garbage".getBytes(StandardCharsets.ISO_8859_1));
    folder.open().close();
    requireVerified();
  }

  @Test
  void stagingOfFinishedRunsIsRemovedAndOfOthersKept() throws IOException {
    DriverRun finished = new DriverRun("20260101T000000Z-00000001");
    DriverRun killed = new DriverRun("20260101T000000Z-00000002");
    ResultStore finishedStore = folder.open(Samples.identity(), finished);
    finishedStore.finish(RunOutcome.INTERRUPTED, 130);
    // An executor that did not hear of the end.
    folder.stage(finishedStore, 0);
    folder.stage(folder.open(Samples.identity(), killed), 0);
    folder.open().close();
    assertThat(folder.file("_staging").resolve(finished.id())).doesNotExist();
    assertThat(folder.file("_staging").resolve(killed.id())).isDirectory();
  }

  @Test
  void manifestIsWrittenAfterFiveSecondsOrAThousandEntries() throws IOException {
    ManualClock clock = new ManualClock();
    ResultStore store =
        ResultStore.open(
            folder.path(), folder.configuration, Samples.identity(), DriverRun.begin(clock), clock);
    store.commit(folder.stage(store, 0));
    assertThat(folder.files("manifest")).containsExactly("study.json");
    clock.forward(4);
    store.flushIfDue();
    assertThat(folder.files("manifest")).containsExactly("study.json");
    clock.forward(1);
    store.flushIfDue();
    assertThat(folder.files("manifest")).hasSize(2);
    for (int task = 0; task < 999; task++) {
      store.taskQuarantined(task + 1, "no reason");
    }
    store.flushIfDue();
    assertThat(folder.files("manifest")).hasSize(2);
    store.taskQuarantined(1000, "no reason");
    store.flushIfDue();
    assertThat(folder.files("manifest"))
        .containsExactlyInAnyOrder(
            "study.json",
            store.run().id() + "-00000000.jsonl",
            store.run().id() + "-00000001.jsonl");
    store.flush();
    assertThat(folder.files("manifest")).hasSize(3);
  }

  @Test
  void emptyDirectoryHasNoStudy() throws IOException {
    assertThat(StoredStudy.find(folder.path(), folder.configuration)).isEqualTo(Optional.empty());
    assertThatThrownBy(() -> StoredStudy.read(folder.path(), folder.configuration))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "No study in '%s': it has no manifest/study.json; name a directory that was the --out"
                + " of a run",
            folder.root);
  }

  @Test
  void anyFileSystemOfHadoopWillDo() throws IOException {
    folder.configuration.set("fs.strict.impl", StrictFileSystem.class.getName());
    org.apache.hadoop.fs.Path remote =
        new org.apache.hadoop.fs.Path("strict://" + folder.root.toUri().getPath());
    for (int round = 0; round < 2; round++) {
      try (ResultStore store =
          ResultStore.open(
              remote,
              folder.configuration,
              Samples.identity(),
              DriverRun.begin(java.time.Clock.systemUTC()),
              java.time.Clock.systemUTC())) {
        assertThat(store.directory().toUri().getScheme()).isEqualTo("strict");
        store.commit(folder.stage(store, round));
        // The second time there is a status to replace.
        store.finish(RunOutcome.COMPLETE, round);
      }
    }
    StoredStudy study = StoredStudy.read(remote, folder.configuration);
    assertThat(study.lastStatus().orElseThrow().exitCode()).isEqualTo(1);
    assertThat(Verification.verify(remote, folder.configuration).passed()).isTrue();
  }
}
