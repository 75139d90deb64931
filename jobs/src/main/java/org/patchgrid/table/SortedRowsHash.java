package org.patchgrid.table;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.Sha256;

/**
 * SHA-256 over rows of {@code cells} as text: a row a line, the columns of {@link CellTable} in
 * their order, separated by tabs and ended by a line feed; null is {@code \N}, a double its 64 bits
 * as 16 hexadecimal digits; backslash, tab, line feed and carriage return inside a text are escaped
 * as {@code \\}, {@code \t}, {@code \n}, {@code \r}. UTF-8.
 */
public final class SortedRowsHash {
  private static final String NULL = "\\N";

  private final MessageDigest digest = Sha256.begin();
  private final StringBuilder line = new StringBuilder();

  public void add(CellRow row) {
    line.setLength(0);
    Measurement measurement = row.measurement();
    Cell cell = measurement.cell();
    text(row.studyId());
    text(cell.sweep());
    text(cell.pairId());
    text(cell.direction().label());
    text(cell.component());
    field(Integer.toString(cell.layer()));
    integer(cell.head());
    integer(cell.position());
    cell.positionLabel().ifPresentOrElse(this::text, () -> field(NULL));
    field(Integer.toString(cell.window()));
    text(cell.value().label());
    text(cell.corruption().label());
    integer(cell.sourcePosition());
    cell.receiver().ifPresentOrElse(this::text, () -> field(NULL));
    text(measurement.metric().label());
    number(measurement.clean());
    number(measurement.corrupted());
    number(measurement.patched());
    number(measurement.recovery());
    number(measurement.effect());
    text(measurement.status().label());
    line.setCharAt(line.length() - 1, '\n');
    digest.update(line.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Once, after the last row. */
  public String end() {
    return Sha256.end(digest);
  }

  private void field(String value) {
    line.append(value).append('\t');
  }

  private void text(String value) {
    field(
        value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r"));
  }

  private void integer(OptionalInt value) {
    field(value.isPresent() ? Integer.toString(value.getAsInt()) : NULL);
  }

  private void number(OptionalDouble value) {
    field(
        value.isPresent()
            ? HexFormat.of().toHexDigits(Double.doubleToRawLongBits(value.getAsDouble()))
            : NULL);
  }
}
