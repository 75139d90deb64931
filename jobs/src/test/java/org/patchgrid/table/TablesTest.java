package org.patchgrid.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.OutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Component;
import org.patchgrid.study.CorruptionKind;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.Sha256;
import org.patchgrid.study.ValueKind;

class TablesTest {
  private static final Configuration PLAIN = new Configuration();
  private static final FooterTag TAG = FooterTag.ofTask("f1", 3);

  @TempDir private Path directory = Path.of("");

  private org.apache.hadoop.fs.Path path() {
    return new org.apache.hadoop.fs.Path(directory.resolve("rows.parquet").toString());
  }

  private OutputFile file() throws IOException {
    return HadoopOutputFile.fromPath(path(), PLAIN);
  }

  private void write(List<Measurement> rows) throws IOException {
    CellTable.write(file(), PLAIN, TAG, "capitals", rows);
  }

  private List<CellRow> read() throws IOException {
    List<CellRow> rows = new ArrayList<>();
    try (CellScan scan = CellScan.open(HadoopInputFile.fromPath(path(), PLAIN), PLAIN)) {
      while (scan.next()) {
        rows.add(scan.row());
      }
    }
    return rows;
  }

  @Test
  void cellsAreReadAsTheyWereWritten() throws IOException {
    List<Measurement> rows = new ArrayList<>(SampleRows.manyRows(5));
    rows.add(SampleRows.failed(SampleRows.cell("x\ty", 0), Metric.L2));
    rows.add(
        new Measurement(
            SampleRows.cell("x\ty", 1),
            Metric.L2,
            OptionalDouble.of(-0.0),
            OptionalDouble.of(Double.MIN_VALUE),
            OptionalDouble.of(Double.POSITIVE_INFINITY),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            CellStatus.DEGENERATE_BASELINE));
    write(rows);
    assertThat(read()).extracting(CellRow::measurement).containsExactlyElementsOf(rows);
    assertThat(read()).extracting(CellRow::studyId).containsOnly("capitals");
  }

  /** {@link CellScan} makes no object a row; what it tells is what {@link CellTable} reads. */
  @Test
  void scansTellWhatReadersRead() throws IOException {
    List<Measurement> rows = new ArrayList<>(SampleRows.manyRows(5));
    rows.add(SampleRows.failed(SampleRows.cell("x", 0), Metric.L2));
    Cell path =
        new Cell(
            "sweep",
            "x",
            PatchDirection.DENOISING,
            Component.MLP.roleName(),
            0,
            2,
            OptionalInt.empty(),
            OptionalInt.of(1),
            Optional.empty(),
            ValueKind.ZERO,
            CorruptionKind.NOISE,
            OptionalInt.of(3),
            Optional.of("final"));
    rows.add(SampleRows.row(path, Metric.KL, 0.5));
    rows.sort(Measurement.ROW_ORDER);
    write(rows);
    List<Measurement> scanned = new ArrayList<>();
    try (CellScan scan = CellScan.open(HadoopInputFile.fromPath(path(), PLAIN), PLAIN)) {
      Optional<SiteColumns> last = Optional.empty();
      while (scan.next()) {
        SiteColumns site = scan.site();
        last.filter(site::equals).ifPresent(same -> assertThat(site).isSameAs(same));
        last = Optional.of(site);
        scanned.add(
            CellTable.measurement(
                site,
                scan.pairId(),
                scan.metric(),
                scan.clean(),
                scan.corrupted(),
                scan.patched(),
                scan.recovery(),
                scan.effect(),
                scan.status()));
      }
    }
    assertThat(scanned).isEqualTo(rows);
  }

  @Test
  void pairsOfSeveralFilesAreCopiedAndRead() throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (PairStatus status : List.of(PairStatus.OK, PairStatus.INVALID)) {
      OutputFile one = HadoopOutputFile.fromPath(path().suffix(status.label()), PLAIN);
      PairResult pair = SampleRows.pair(status.label(), status);
      assertThat(PairTable.write(one, PLAIN, TAG, "capitals", List.of(pair))).isEqualTo(1);
      files.add(Files.readAllBytes(Path.of(path().suffix(status.label()).toString())));
    }
    FooterTag part = FooterTag.ofPart("f1", 0);
    assertThat(PairTable.copy(file(), PLAIN, part, files.iterator())).isEqualTo(2);
    InputFile copied = HadoopInputFile.fromPath(path(), PLAIN);
    assertThat(PairTable.measuredPairs(copied, PLAIN))
        .isEqualTo(Map.of("ok", Map.of("relation", "capital")));
    assertThat(PairTable.countByStatus(copied, PLAIN)).isEqualTo(Map.of("ok", 1L, "invalid", 1L));
  }

  /** As its documentation says it, so that others can compute it too. */
  @Test
  void theHashOfRowsIsThatOfTheirTexts() {
    SortedRowsHash hash = new SortedRowsHash();
    Cell first = SampleRows.cell("x\ty", 0);
    hash.add(new CellRow("capitals", SampleRows.row(first, Metric.L2, 5)));
    hash.add(new CellRow("capitals", SampleRows.failed(SampleRows.cell("z", 1), Metric.L2)));
    String text =
        "capitals\tsweep\tx\\ty\tdenoising\tmlp\t0\t\\N\t\\N\t\\N\t1\tactivation\tprompt\t\\N\t\\N"
            + "\tl2\t0000000000000000\t4024000000000000\t4014000000000000\t3fe0000000000000"
            + "\t3fe0000000000000\tok\n"
            + "capitals\tsweep\tz\tdenoising\tmlp\t1\t\\N\t\\N\t\\N\t1\tactivation\tprompt\t\\N\t\\N"
            + "\tl2\t\\N\t\\N\t\\N\t\\N\t\\N\tfailed\n";
    MessageDigest digest = Sha256.begin();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    assertThat(hash.end()).isEqualTo(Sha256.end(digest));
  }

  @Test
  void columnsAreThoseOfTheContract() {
    assertThat(CellTable.SCHEMA.getFields())
        .extracting(field -> field.getName())
        .containsExactly(
            "study_id",
            "sweep",
            "pair_id",
            "direction",
            "component",
            "layer",
            "head",
            "position",
            "position_label",
            "window",
            "value",
            "corruption",
            "source_position",
            "receiver",
            "metric",
            "clean",
            "corrupted",
            "patched",
            "recovery",
            "effect",
            "status");
    assertThat(PairTable.SCHEMA.toString())
        .contains(
            """
              required group clean_tokens (LIST) {
                repeated group list {
                  required int32 element;
                }
              }
            """)
        .contains(
            """
              required group labels (MAP) {
                repeated group key_value {
                  required binary key (STRING);
                  required binary value (STRING);
                }
              }
            """);
  }

  @Test
  void rowsOutOfOrderAreRefused() {
    List<Measurement> rows = new ArrayList<>(SampleRows.manyRows(2));
    Collections.reverse(rows);
    assertThatThrownBy(() -> write(rows))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Rows are out of order: Measurement[cell=Cell[sweep=heads");
  }

  @Test
  void rowsWithTheSameKeyAreRefused() {
    Measurement row = SampleRows.row(SampleRows.cell("a", 0), Metric.L2, 1.0);
    Measurement again = SampleRows.row(SampleRows.cell("a", 0), Metric.L2, 2.0);
    assertThatThrownBy(() -> write(List.of(row, again)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Two rows have the same key: ");
  }

  @Test
  void nanIsRefused() {
    Measurement row = SampleRows.row(SampleRows.cell("a", 0), Metric.L2, Double.NaN);
    assertThatThrownBy(() -> write(List.of(row)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Column patched must be null, not NaN");
  }

  @Test
  void pairsWithTheSameIdAreRefused() {
    PairResult pair = SampleRows.pair("a", PairStatus.OK);
    assertThatThrownBy(() -> PairTable.write(file(), PLAIN, TAG, "capitals", List.of(pair, pair)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Two rows have the same pair id: a");
  }
}
