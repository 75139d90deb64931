package org.patchgrid.table;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
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
    for (Column<CellRow> column : CellTable.COLUMNS) {
      line.append(column.value().apply(row).map(SortedRowsHash::spelled).orElse(NULL)).append('\t');
    }
    line.setCharAt(line.length() - 1, '\n');
    digest.update(line.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Once, after the last row. */
  public String end() {
    return Sha256.end(digest);
  }

  private static String spelled(Object value) {
    if (value instanceof Double number) {
      return HexFormat.of().toHexDigits(Double.doubleToRawLongBits(number));
    }
    return value
        .toString()
        .replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }
}
