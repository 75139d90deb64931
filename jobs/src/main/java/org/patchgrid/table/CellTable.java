package org.patchgrid.table;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.CorruptionKind;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.ValueKind;

/**
 * The table {@code cells}: one row a measurement, in {@link Measurement#ROW_ORDER}. A later column
 * comes at the end and is nullable.
 */
public final class CellTable {
  static final List<Column<CellRow>> COLUMNS =
      List.of(
          Column.text("study_id", CellRow::studyId),
          Column.text("sweep", row -> row.cell().sweep()),
          Column.text("pair_id", row -> row.cell().pairId()),
          Column.text("direction", row -> row.cell().direction().label()),
          Column.text("component", row -> row.cell().component()),
          Column.integer("layer", row -> row.cell().layer()),
          Column.optionalInteger("head", row -> row.cell().head()),
          Column.optionalInteger("position", row -> row.cell().position()),
          Column.optionalText("position_label", row -> row.cell().positionLabel()),
          Column.integer("window", row -> row.cell().window()),
          Column.text("value", row -> row.cell().value().label()),
          Column.text("corruption", row -> row.cell().corruption().label()),
          Column.optionalInteger("source_position", row -> row.cell().sourcePosition()),
          Column.optionalText("receiver", row -> row.cell().receiver()),
          Column.text("metric", row -> row.measurement().metric().label()),
          Column.optionalNumber("clean", row -> row.measurement().clean()),
          Column.optionalNumber("corrupted", row -> row.measurement().corrupted()),
          Column.optionalNumber("patched", row -> row.measurement().patched()),
          Column.optionalNumber("recovery", row -> row.measurement().recovery()),
          Column.optionalNumber("effect", row -> row.measurement().effect()),
          Column.text("status", row -> row.measurement().status().label()));

  public static final MessageType SCHEMA = Column.schema("cells", COLUMNS);

  private static final Map<String, PatchDirection> DIRECTIONS =
      byLabel(PatchDirection.values(), PatchDirection::label);
  private static final Map<String, ValueKind> VALUES =
      byLabel(ValueKind.values(), ValueKind::label);
  private static final Map<String, CorruptionKind> CORRUPTIONS =
      byLabel(CorruptionKind.values(), CorruptionKind::label);
  private static final Map<String, Metric> METRICS = byLabel(Metric.values(), Metric::label);

  private CellTable() {}

  /**
   * Writes all rows, of which there may be more than fit into memory; the file is closed.
   *
   * @return how many there were
   * @throws IllegalStateException if rows are out of order, have the same key, or hold a NaN
   */
  public static long write(
      OutputFile file,
      Configuration configuration,
      FooterTag tag,
      String studyId,
      Iterable<Measurement> rows)
      throws IOException {
    RowOrder order = new RowOrder();
    return ParquetFiles.<CellRow>write(
        file,
        configuration,
        SCHEMA,
        tag.toMetadata(),
        tag.encoding(),
        writer -> {
          for (Measurement row : rows) {
            order.check(row);
            writer.write(new CellRow(studyId, row));
          }
        },
        (consumer, row) -> Column.write(consumer, COLUMNS, row));
  }

  /** A row by the names of its columns, in their order. */
  public static Map<String, @Nullable Object> columns(CellRow row) {
    Map<String, @Nullable Object> columns = new LinkedHashMap<>();
    COLUMNS.forEach(
        column -> columns.put(column.type().getName(), column.value().apply(row).orElse(null)));
    return columns;
  }

  /** That each row comes after the one before. */
  private static final class RowOrder {
    private Optional<Measurement> last = Optional.empty();

    private void check(Measurement row) {
      if (last.isPresent()) {
        int order = Measurement.ROW_ORDER.compare(last.get(), row);
        if (order == 0) {
          throw new IllegalStateException("Two rows have the same key: " + row);
        }
        if (order > 0) {
          throw new IllegalStateException(
              "Rows are out of order: " + row + " comes after " + last.get());
        }
      }
      last = Optional.of(row);
    }
  }

  /** A row whose names are those of the table; NaN is null. */
  static Measurement measurement(
      SiteColumns site,
      String pairId,
      String metric,
      double clean,
      double corrupted,
      double patched,
      double recovery,
      double effect,
      CellStatus status) {
    Cell cell =
        new Cell(
            site.sweep(),
            pairId,
            named(DIRECTIONS, site.direction()),
            site.component(),
            site.layer(),
            site.window(),
            site.head(),
            site.position(),
            site.positionLabel(),
            named(VALUES, site.value()),
            named(CORRUPTIONS, site.corruption()),
            site.sourcePosition(),
            site.receiver());
    return new Measurement(
        cell,
        named(METRICS, metric),
        number(clean),
        number(corrupted),
        number(patched),
        number(recovery),
        number(effect),
        status);
  }

  private static OptionalDouble number(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static <E> Map<String, E> byLabel(E[] values, Function<E, String> label) {
    return Arrays.stream(values).collect(Collectors.toUnmodifiableMap(label, Function.identity()));
  }

  private static <E> E named(Map<String, E> values, String label) {
    E value = values.get(label);
    if (value == null) {
      throw new IllegalStateException("Unknown name '" + label + "' in a cells file");
    }
    return value;
  }
}
