package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.RecoveryError;
import org.patchgrid.study.TaskResult;
import org.patchgrid.table.CellRow;
import org.patchgrid.table.ParquetFiles;
import org.patchgrid.table.SampleRows;

class TaskWriterTest {
  private StudyFolder folder;

  @BeforeEach
  void setUp(@TempDir Path directory) {
    folder = new StudyFolder(directory);
  }

  private TaskWriter writer(Configuration configuration) throws IOException {
    return new TaskWriter(
        folder.path(),
        configuration,
        DriverRun.begin(Clock.systemUTC()),
        "f1",
        Samples.STUDY_ID,
        Samples.COMPUTED_WITH);
  }

  private StagedTask write(List<Measurement> rows) throws IOException {
    return writer(folder.configuration)
        .write(new PatchTask(3, 0, 1, 1, 2), 1, new TaskResult(List.of(), rows, 1, 0, Map.of()));
  }

  private List<CellRow> readCells(StagedTask task) throws IOException {
    ResultFile cells = task.file(ResultTable.CELLS).orElseThrow();
    return StoredCells.read(
        new org.apache.hadoop.fs.Path(folder.file(cells).toString()), folder.configuration);
  }

  @Test
  void sameRowsGiveSameBytes() throws IOException {
    TaskResult result =
        new TaskResult(
            List.of(SampleRows.pair("a", PairStatus.OK), SampleRows.pair("b", PairStatus.INVALID)),
            SampleRows.manyRows(50),
            1,
            0,
            Map.of());
    Configuration tuned = new Configuration();
    tuned.setInt("parquet.compression.codec.zstd.level", 19);
    tuned.setInt("parquet.block.size", 1024);
    tuned.set("parquet.writer.version", "v2");
    StagedTask one = writer(folder.configuration).write(Samples.task(0), 1, result);
    StagedTask other = writer(tuned).write(Samples.task(0), 2, result);
    for (ResultTable table : ResultTable.values()) {
      ResultFile oneFile = one.file(table).orElseThrow();
      ResultFile otherFile = other.file(table).orElseThrow();
      assertThat(folder.file(oneFile)).hasSameBinaryContentAs(folder.file(otherFile));
      assertThat(oneFile.sha256()).isEqualTo(otherFile.sha256());
      assertThat(oneFile.bytes()).isEqualTo(Files.size(folder.file(oneFile)));
    }
  }

  @Test
  void footerHasSchemaVersionFingerprintAndTaskOnly() throws IOException {
    StagedTask staged = write(SampleRows.manyRows(20));
    ResultDirectory directory = ResultDirectory.at(folder.path(), folder.configuration);
    ParquetMetadata footer =
        ParquetFiles.footer(
            directory.input(staged.file(ResultTable.CELLS).orElseThrow().path()),
            folder.configuration);
    assertThat(footer.getFileMetaData().getKeyValueMetaData())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "patchgrid.schema-version", "1",
                "patchgrid.fingerprint", "f1",
                "patchgrid.task", "3"));
    assertThat(footer.getBlocks()).hasSize(1);
    assertThat(footer.getBlocks().get(0).getColumns())
        .allMatch(column -> column.getCodec().name().equals("ZSTD"));
  }

  @Test
  void pairsOfATaskThatReportsNoneAreRefused() {
    PairResult pair = SampleRows.pair("a", PairStatus.OK);
    TaskResult result = new TaskResult(List.of(pair), List.of(), 0, 0, Map.of());
    assertThatThrownBy(
            () -> writer(folder.configuration).write(new PatchTask(7, 0, 1, 4, 9), 1, result))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Task 7 has no pairs to report");
  }

  @Test
  void stagedTaskCountsAndTravelsAsBytes() throws IOException {
    List<Measurement> rows = new ArrayList<>(SampleRows.of("a", 1));
    rows.add(SampleRows.failed(SampleRows.cell("a", 2), Metric.KL));
    rows.add(SampleRows.failed(SampleRows.cell("a", 2), Metric.L2));
    List<PairResult> pairs =
        List.of(
            SampleRows.pair("a", PairStatus.OK),
            SampleRows.pair("b", PairStatus.LENGTH_MISMATCH),
            SampleRows.pair("c", PairStatus.INVALID));
    StagedTask staged =
        writer(folder.configuration)
            .write(Samples.task(0), 9, new TaskResult(pairs, rows, 3, 2, Samples.RECOVERY_ERRORS));
    assertThat(staged.counts())
        .isEqualTo(
            new TaskCounts(
                3,
                1,
                2,
                Map.of("ok", 1L, "length_mismatch", 1L, "invalid", 1L),
                Map.of("ok", 4L, "failed", 2L),
                Map.of("l2", new RecoveryError(2, 0.125, 0.25))));
    assertThat(staged.counts().skippedPairs()).isEqualTo(2);
    assertThat(staged.files())
        .extracting(ResultFile::path)
        .allMatch(path -> path.startsWith("_staging/") && path.contains("/0-9."));
  }

  @Test
  void taskWithoutRowsHasAFile() throws IOException {
    StagedTask staged = write(List.of());
    assertThat(readCells(staged)).isEmpty();
    assertThat(staged.file(ResultTable.PAIRS)).isEqualTo(Optional.empty());
  }
}
