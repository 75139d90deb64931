package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Sha256;
import org.patchgrid.study.TaskResult;
import org.patchgrid.table.SampleRows;

class VerificationTest {
  private static final String CELLS_0 = "cells/task-000000000000.parquet";
  private static final String PAIRS_1 = "pairs/task-000000000001.parquet";

  private Path root;
  private StudyFolder folder;

  @BeforeEach
  void setUp(@TempDir Path directory) {
    root = directory;
    folder = new StudyFolder(root.resolve("out"));
  }

  private static VerificationReport verify(StudyFolder study) throws IOException {
    return Verification.verify(study.path(), study.configuration);
  }

  private VerificationProblem onlyProblem() throws IOException {
    List<VerificationProblem> problems = verify(folder).problems();
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  @Test
  void soundStudyPasses() throws IOException {
    folder.complete(3);
    VerificationReport report = verify(folder);
    assertThat(report.passed()).isTrue();
    assertThat(report.files()).isEqualTo(6);
    assertThat(report.pairRows()).isEqualTo(3);
    assertThat(report.cellRows()).isEqualTo(12);
    assertThat(report.sortedRowsHash().orElseThrow()).matches("[0-9a-f]{64}");
  }

  @Test
  void hashOfTheRowsIsThatOfTheirText() throws IOException {
    try (ResultStore store = folder.open()) {
      List<Measurement> rows = List.of(SampleRows.row(SampleRows.cell("a\tb", 3), Metric.L2, 7.5));
      store.commit(folder.stage(store, 0, 1, new TaskResult(List.of(), rows, 1, 0, Map.of())));
      store.finish(RunOutcome.COMPLETE, 0);
    }
    // printf of the line below | sha256sum
    String line =
        "capitals\tsweep\ta\\tb\tdenoising\tmlp\t3\t\\N\t\\N\t\\N\t1\tactivation\tprompt\t\\N\t\\N\tl2"
            + "\t0000000000000000\t4024000000000000\t401e000000000000\t3fd0000000000000"
            + "\t3fd0000000000000\tok\n";
    java.security.MessageDigest digest = Sha256.begin();
    digest.update(line.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(verify(folder).sortedRowsHash()).isEqualTo(Optional.of(Sha256.end(digest)));
  }

  @Test
  void hashDoesNotDependOnTheCut() throws IOException {
    List<Measurement> rows = SampleRows.manyRows(7);
    Optional<String> whole = hashOfRowsInTasks("whole", List.of(rows));
    List<List<Measurement>> interleaved = new ArrayList<>();
    List<List<Measurement>> ranges = new ArrayList<>();
    for (int part = 0; part < 5; part++) {
      List<Measurement> everyFifth = new ArrayList<>();
      for (int i = part; i < rows.size(); i += 5) {
        everyFifth.add(rows.get(i));
      }
      interleaved.add(everyFifth);
      ranges.add(rows.subList(rows.size() * part / 5, rows.size() * (part + 1) / 5));
    }
    ranges.add(List.of());
    assertThat(whole).isPresent();
    assertThat(hashOfRowsInTasks("interleaved", interleaved)).isEqualTo(whole);
    assertThat(hashOfRowsInTasks("ranges", ranges)).isEqualTo(whole);
    List<Measurement> fewer = rows.subList(1, rows.size());
    assertThat(hashOfRowsInTasks("fewer", List.of(fewer))).isNotEqualTo(whole);
  }

  private Optional<String> hashOfRowsInTasks(String name, List<List<Measurement>> tasks)
      throws IOException {
    StudyFolder study = new StudyFolder(root.resolve(name));
    try (ResultStore store = study.open()) {
      for (int task = 0; task < tasks.size(); task++) {
        TaskResult result = new TaskResult(List.of(), tasks.get(task), 1, 0, Map.of());
        store.commit(study.stage(store, task, 1, result));
      }
      store.finish(RunOutcome.COMPLETE, 0);
    }
    VerificationReport report = verify(study);
    assertThat(report.problems()).isEmpty();
    return report.sortedRowsHash();
  }

  @Test
  void truncatedFileIsFound() throws IOException {
    folder.complete(2);
    folder.truncate(CELLS_0);
    assertThat(onlyProblem().kind()).isEqualTo(VerificationProblem.Kind.DAMAGED);
    assertThat(onlyProblem().toString())
        .matches(CELLS_0 + ": has \\d+ bytes, the manifest says \\d+");
    assertThat(verify(folder).sortedRowsHash()).isEmpty();
  }

  @Test
  void flippedByteIsFound() throws IOException {
    folder.complete(2);
    folder.flipByte(PAIRS_1);
    assertThat(onlyProblem().kind()).isEqualTo(VerificationProblem.Kind.DAMAGED);
    assertThat(onlyProblem().toString())
        .matches(PAIRS_1 + ": has SHA-256 [0-9a-f]{64}, the manifest says [0-9a-f]{64}");
    // The cells are sound all the same.
    assertThat(verify(folder).sortedRowsHash()).isPresent();
  }

  @Test
  void missingFileIsFound() throws IOException {
    folder.complete(2);
    Files.delete(folder.file(CELLS_0));
    assertThat(onlyProblem())
        .isEqualTo(
            new VerificationProblem(
                VerificationProblem.Kind.MISSING, CELLS_0, "is listed but missing"));
  }

  @Test
  void unlistedFileIsFound() throws IOException {
    folder.complete(1);
    Files.copy(folder.file(CELLS_0), folder.file("cells/copy.parquet"));
    assertThat(onlyProblem().kind()).isEqualTo(VerificationProblem.Kind.UNLISTED);
    assertThat(onlyProblem().file()).isEqualTo("cells/copy.parquet");
  }

  @Test
  void rowInTwoFilesIsFound() throws IOException {
    try (ResultStore store = folder.open()) {
      for (int task = 0; task < 2; task++) {
        TaskResult result = new TaskResult(List.of(), SampleRows.of("same", 1), 2, 0, Map.of());
        store.commit(folder.stage(store, task, 1, result));
      }
      store.finish(RunOutcome.COMPLETE, 0);
    }
    assertThat(onlyProblem().kind()).isEqualTo(VerificationProblem.Kind.WRONG_ROWS);
    assertThat(onlyProblem().toString())
        .startsWith(
            "cells/task-000000000001.parquet: has a row that " + CELLS_0 + " has too: Cell[");
    assertThat(verify(folder).sortedRowsHash()).isEmpty();
  }

  /** As after a resume on other machines, and after the adoption of a killed run's files. */
  @Test
  void tasksOfSeveralKindsOfProcessorAreReported() throws IOException {
    ComputedWith other = new ComputedWith("onednn", "x86_64 avx2");
    try (ResultStore store = folder.open()) {
      store.commit(folder.stage(store, 0));
      folder.computedWith = other;
      store.commit(folder.stage(store, 1));
      folder.computedWith = Samples.COMPUTED_WITH;
      store.commit(folder.stage(store, 2));
      store.finish(RunOutcome.INTERRUPTED, 130);
    }
    folder.open().commit(folder.stage(folder.open(), 3));
    try (ResultStore store = folder.open()) {
      store.finish(RunOutcome.COMPLETE, 0);
    }
    VerificationReport report = verify(folder);
    assertThat(report.passed()).isTrue();
    assertThat(report.tasksByMachine())
        .containsExactly(
            Map.entry(Samples.COMPUTED_WITH, List.of(0, 2)),
            Map.entry(other, List.of(1)),
            Map.entry(ComputedWith.UNKNOWN, List.of(3)));
  }

  @Test
  void changedStudyTextIsFound() throws IOException {
    folder.complete(1);
    Files.writeString(folder.file("study.conf"), "other");
    assertThat(onlyProblem().toString()).isEqualTo("study.conf: was changed after the study began");
  }

  @Test
  void directoryWithoutAStudyIsRefused() {
    assertThatThrownBy(() -> verify(folder))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("No study in '" + folder.root + "'");
  }
}
