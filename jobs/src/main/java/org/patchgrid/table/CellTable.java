package org.patchgrid.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;
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
  public static final MessageType SCHEMA =
      new MessageType(
          "cells",
          Columns.text("study_id"),
          Columns.text("sweep"),
          Columns.text("pair_id"),
          Columns.text("direction"),
          Columns.text("component"),
          Columns.integer("layer"),
          Columns.optionalInteger("head"),
          Columns.optionalInteger("position"),
          Columns.optionalText("position_label"),
          Columns.integer("window"),
          Columns.text("value"),
          Columns.text("corruption"),
          Columns.optionalInteger("source_position"),
          Columns.optionalText("receiver"),
          Columns.text("metric"),
          Columns.optionalNumber("clean"),
          Columns.optionalNumber("corrupted"),
          Columns.optionalNumber("patched"),
          Columns.optionalNumber("recovery"),
          Columns.optionalNumber("effect"),
          Columns.text("status"));

  private static final Map<String, PatchDirection> DIRECTIONS =
      byLabel(PatchDirection.values(), PatchDirection::label);
  private static final Map<String, ValueKind> VALUES =
      byLabel(ValueKind.values(), ValueKind::label);
  private static final Map<String, CorruptionKind> CORRUPTIONS =
      byLabel(CorruptionKind.values(), CorruptionKind::label);
  private static final Map<String, Metric> METRICS = byLabel(Metric.values(), Metric::label);
  private static final Map<String, CellStatus> STATUSES =
      byLabel(CellStatus.values(), CellStatus::label);

  private CellTable() {}

  /**
   * Writes all rows; the file is closed.
   *
   * @throws IllegalStateException if rows are out of order, have the same key, or hold a NaN
   */
  public static void write(
      OutputFile file,
      Configuration configuration,
      FooterTag tag,
      String studyId,
      List<Measurement> rows)
      throws IOException {
    RowOrder order = new RowOrder();
    rows.forEach(order::check);
    ParquetFiles.write(
        file,
        configuration,
        SCHEMA,
        tag.toMetadata(),
        ParquetFiles.Encoding.DEFAULT,
        rows,
        (row, measurement) -> fields(row, studyId, measurement));
  }

  /**
   * The same for more rows than fit into memory.
   *
   * @return how many there were
   */
  public static long writeMany(
      OutputFile file,
      Configuration configuration,
      FooterTag tag,
      String studyId,
      Iterable<Measurement> rows)
      throws IOException {
    RowOrder order = new RowOrder();
    ParquetFiles.write(
        file,
        configuration,
        SCHEMA,
        tag.toMetadata(),
        ParquetFiles.Encoding.SORTED,
        rows,
        (row, measurement) -> {
          order.check(measurement);
          fields(row, studyId, measurement);
        });
    return order.rows;
  }

  /** That each row comes after the one before. */
  private static final class RowOrder {
    private Optional<Measurement> last = Optional.empty();
    private long rows;

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
      rows++;
    }
  }

  private static void fields(RowWriter row, String studyId, Measurement measurement) {
    Cell cell = measurement.cell();
    row.text("study_id", studyId);
    row.text("sweep", cell.sweep());
    row.text("pair_id", cell.pairId());
    row.text("direction", cell.direction().label());
    row.text("component", cell.component());
    row.integer("layer", cell.layer());
    row.integer("head", cell.head());
    row.integer("position", cell.position());
    row.text("position_label", cell.positionLabel());
    row.integer("window", cell.window());
    row.text("value", cell.value().label());
    row.text("corruption", cell.corruption().label());
    row.integer("source_position", cell.sourcePosition());
    row.text("receiver", cell.receiver());
    row.text("metric", measurement.metric().label());
    row.number("clean", measurement.clean());
    row.number("corrupted", measurement.corrupted());
    row.number("patched", measurement.patched());
    row.number("recovery", measurement.recovery());
    row.number("effect", measurement.effect());
    row.text("status", measurement.status().label());
  }

  public static Reader open(InputFile file, Configuration configuration) throws IOException {
    return new Reader(ParquetFiles.open(file, configuration));
  }

  /** The rows of one file, from the first to the last. */
  public static final class Reader implements Closeable {
    private final ParquetRows<Group> rows;

    private Reader(ParquetRows<Group> rows) {
      this.rows = rows;
    }

    public Optional<CellRow> next() throws IOException {
      return rows.next().map(CellTable::row);
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }

  private static CellRow row(Group group) {
    SiteColumns site =
        new SiteColumns(
            text(group, "sweep"),
            text(group, "direction"),
            text(group, "component"),
            group.getInteger("layer", 0),
            integer(group, "head"),
            integer(group, "position"),
            optionalText(group, "position_label"),
            group.getInteger("window", 0),
            text(group, "value"),
            text(group, "corruption"),
            integer(group, "source_position"),
            optionalText(group, "receiver"));
    Measurement measurement =
        measurement(
            site,
            text(group, "pair_id"),
            text(group, "metric"),
            number(group, "clean"),
            number(group, "corrupted"),
            number(group, "patched"),
            number(group, "recovery"),
            number(group, "effect"),
            named(STATUSES, text(group, "status")));
    return new CellRow(text(group, "study_id"), measurement);
  }

  /** A row whose names are those of the table. */
  static Measurement measurement(
      SiteColumns site,
      String pairId,
      String metric,
      OptionalDouble clean,
      OptionalDouble corrupted,
      OptionalDouble patched,
      OptionalDouble recovery,
      OptionalDouble effect,
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
        cell, named(METRICS, metric), clean, corrupted, patched, recovery, effect, status);
  }

  private static boolean isNull(Group group, String field) {
    return group.getFieldRepetitionCount(field) == 0;
  }

  private static String text(Group group, String field) {
    return group.getString(field, 0);
  }

  private static Optional<String> optionalText(Group group, String field) {
    return isNull(group, field) ? Optional.empty() : Optional.of(text(group, field));
  }

  private static OptionalInt integer(Group group, String field) {
    return isNull(group, field) ? OptionalInt.empty() : OptionalInt.of(group.getInteger(field, 0));
  }

  private static OptionalDouble number(Group group, String field) {
    return isNull(group, field)
        ? OptionalDouble.empty()
        : OptionalDouble.of(group.getDouble(field, 0));
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
