package org.patchgrid;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/** A row of a CSV file of reference values (src/test/resources/goldens), by its columns. */
public record GoldenRow(Map<String, String> columns) {
  /** All rows of a file. */
  public static List<GoldenRow> of(String file) {
    try (InputStream in = GoldenRow.class.getResourceAsStream("/goldens/" + file)) {
      List<String> lines =
          new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
      String[] names = lines.get(0).split(",", -1);
      return lines.stream().skip(1).map(line -> of(names, line.split(",", -1))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenRow of(String[] names, String[] fields) {
    Map<String, String> columns = new HashMap<>();
    for (int i = 0; i < names.length; i++) {
      columns.put(names[i], fields[i]);
    }
    return new GoldenRow(columns);
  }

  /** As it stands there; may be empty. */
  public String text(String column) {
    return Objects.requireNonNull(columns.get(column), column);
  }

  public double number(String column) {
    return Double.parseDouble(text(column));
  }

  public OptionalInt index(String column) {
    String text = text(column);
    return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
  }

  /** {@code layers.N.COMPONENT}. */
  public String hookPoint() {
    return "layers." + text("layer") + "." + text("component");
  }
}
