package org.patchgrid.input;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/**
 * Records of a CSV file, whose header row is line 1. An empty cell means that the field is not
 * given; blank lines are skipped. A record's line is the one it begins in: quoted cells may go on
 * over several.
 */
final class CsvRecords implements PromptRecords {
  // Blank lines count as records, so that the parser's line number is that of the record.
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setIgnoreEmptyLines(false).get();

  private final String path;
  private final List<String> columns;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final long firstOffset;
  private final long firstLine;
  private boolean broken;

  private CsvRecords(
      String path, List<String> columns, CSVParser parser, PromptIndex.Checkpoint start) {
    this.path = path;
    this.columns = columns;
    this.parser = parser;
    this.records = parser.iterator();
    this.firstOffset = start.offset();
    this.firstLine = start.line();
  }

  /** The header row's columns, read from the start of the file, which is not closed. */
  static List<String> header(String path, Utf8Lines lines) throws IOException {
    PromptLocation where = PromptLocation.line(path, 1);
    Optional<Utf8Lines.Line> line = lines.next();
    if (line.isEmpty() || line.get().text().isBlank()) {
      throw where.problem("there is no header row: begin with id,clean,corrupted");
    }
    try (CSVParser header = CSVParser.parse(line.get().text(), FORMAT)) {
      List<String> columns = header.iterator().next().stream().map(String::strip).toList();
      columns.stream()
          .filter(column -> Collections.frequency(columns, column) > 1)
          .findFirst()
          .ifPresent(
              column -> {
                throw where.problem("column '" + column + "' is there twice: rename one of them");
              });
      return columns;
    } catch (UncheckedIOException e) {
      throw malformed(e, "the header row", where);
    }
  }

  /**
   * @param lines stand at {@code start}, behind the header row; closed with this
   */
  static CsvRecords open(
      String path, List<String> columns, Utf8Lines lines, PromptIndex.Checkpoint start)
      throws IOException {
    CSVParser parser =
        CSVParser.builder()
            .setReader(new LineReader(lines))
            .setFormat(FORMAT)
            .setCharset(StandardCharsets.UTF_8)
            .setTrackBytes(true)
            .get();
    return new CsvRecords(path, columns, parser, start);
  }

  @Override
  public Optional<PromptRecord> next() throws IOException {
    while (!broken) {
      long line = firstLine + parser.getCurrentLineNumber();
      PromptLocation where = PromptLocation.line(path, line);
      Optional<CSVRecord> record = parsed(where);
      if (record.isEmpty()) {
        return Optional.empty();
      }
      if (!isBlankLine(record.get())) {
        long offset = firstOffset + record.get().getBytePosition();
        return Optional.of(
            new PromptRecord(
                new PromptIndex.Checkpoint(offset, line), where, fields(record.get(), where)));
      }
    }
    return Optional.empty();
  }

  private Optional<CSVRecord> parsed(PromptLocation where) throws IOException {
    try {
      return records.hasNext() ? Optional.of(records.next()) : Optional.empty();
    } catch (UncheckedIOException e) {
      broken = true;
      throw malformed(e, "the record", where);
    } catch (PatchgridException e) {
      broken = true;
      throw e;
    }
  }

  /** The parser's own message counts lines from where it began, not from the file's first. */
  private static PatchgridException malformed(
      UncheckedIOException e, String what, PromptLocation where) throws IOException {
    if (e.getCause() instanceof CSVException) {
      return where.problem(
          what
              + " is not CSV: a cell that begins with a quote ends with one before the next comma,"
              + " and quotes in it are doubled");
    }
    throw new IOException(Reason.of(e), e);
  }

  private static boolean isBlankLine(CSVRecord record) {
    return record.size() == 1 && record.get(0).isBlank();
  }

  private ObjectNode fields(CSVRecord record, PromptLocation where) {
    if (record.size() != columns.size()) {
      throw where.problem(
          "the record has %d cells but the header has %d: put cells with commas in quotes"
              .formatted(record.size(), columns.size()));
    }
    ObjectNode fields = PromptFields.empty();
    for (int i = 0; i < columns.size(); i++) {
      if (!record.get(i).isEmpty()) {
        fields.set(columns.get(i), TextNode.valueOf(record.get(i)));
      }
    }
    return fields;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
