package org.patchgrid.query;

import java.util.Arrays;
import java.util.Locale;
import org.patchgrid.study.PatchgridException;

/** The types of parameters and of result columns. */
public enum ColumnType {
  STRING("VARCHAR", "a text"),
  INT("INTEGER", "a whole number"),
  BIGINT("BIGINT", "a whole number"),
  DOUBLE("DOUBLE", "a number"),
  BOOLEAN("BOOLEAN", "true or false");

  private final String duckDbName;
  private final String words;

  ColumnType(String duckDbName, String words) {
    this.duckDbName = duckDbName;
    this.words = words;
  }

  /** The name in query files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  String duckDbName() {
    return duckDbName;
  }

  static ColumnType named(String label) {
    return Arrays.stream(values())
        .filter(type -> type.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Unknown type of a column: " + label));
  }

  /** The value that a user typed. */
  Object parse(String parameter, String text) {
    try {
      return switch (this) {
        case STRING -> text;
        case INT -> Integer.valueOf(text);
        case BIGINT -> Long.valueOf(text);
        case DOUBLE -> Double.valueOf(text);
        case BOOLEAN -> bool(text);
      };
    } catch (IllegalArgumentException e) {
      throw new PatchgridException(
          "Cannot use '%s' as the parameter %s: it is not %s".formatted(text, parameter, words), e);
    }
  }

  /** Java's own takes a misspelt "true" for false. */
  private static Boolean bool(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(text);
    }
    return text.equals("true");
  }
}
