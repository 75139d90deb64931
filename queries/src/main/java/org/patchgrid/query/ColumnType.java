package org.patchgrid.query;

import java.util.Arrays;
import java.util.Locale;
import org.patchgrid.study.PatchgridException;

/** The types of parameters and of result columns. */
public enum ColumnType {
  STRING("VARCHAR"),
  INT("INTEGER"),
  BIGINT("BIGINT"),
  DOUBLE("DOUBLE"),
  BOOLEAN("BOOLEAN");

  private final String duckDbName;

  ColumnType(String duckDbName) {
    this.duckDbName = duckDbName;
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
        case BOOLEAN -> Boolean.valueOf(text);
      };
    } catch (NumberFormatException e) {
      throw new PatchgridException(
          "Cannot use '%s' as the parameter %s: it is no %s".formatted(text, parameter, label()),
          e);
    }
  }
}
