package org.patchgrid.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Prints rows for programs, one after the other, each as its columns by name. */
interface ColumnPrinter {
  /**
   * Prints a row.
   *
   * @param columns the same names in the same order in every row; null where undefined
   */
  void print(Map<String, @Nullable Object> columns) throws IOException;

  /** With a header line before the first row; lists and objects are JSON text in their cells. */
  static ColumnPrinter csv(PrintWriter out) throws IOException {
    return new Csv(out);
  }

  /** An object a line. */
  static ColumnPrinter json(PrintWriter out) {
    ObjectMapper json = new ObjectMapper();
    return columns -> out.println(json.writeValueAsString(columns));
  }

  final class Csv implements ColumnPrinter {
    private final CSVPrinter csv;
    private final ObjectMapper json = new ObjectMapper();
    private boolean hasHeader;

    private Csv(PrintWriter out) throws IOException {
      this.csv = printer(out);
    }

    /** As all commands print their tables. */
    static CSVPrinter printer(PrintWriter out) throws IOException {
      return new CSVPrinter(out, CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get());
    }

    @Override
    public void print(Map<String, @Nullable Object> columns) throws IOException {
      if (!hasHeader) {
        csv.printRecord(columns.keySet());
        hasHeader = true;
      }
      List<@Nullable Object> cells = new ArrayList<>();
      for (Object value : columns.values()) {
        cells.add(cell(value));
      }
      csv.printRecord(cells);
    }

    private @Nullable Object cell(@Nullable Object value) throws JsonProcessingException {
      return value instanceof Collection || value instanceof Map
          ? json.writeValueAsString(value)
          : value;
    }
  }
}
