package org.patchgrid.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables that tasks write, in the order in which a task's files are committed. */
public enum ResultTable {
  /** One row a pair; from the task that holds the pair's first site. */
  PAIRS,
  /** One row a measurement; its file is what makes a task done. */
  CELLS;

  private static final Pattern FILE_NAME = Pattern.compile("task-(\\d{12})\\.parquet");

  /** The name of the table and of its directory. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  static ResultTable named(String label) {
    return Arrays.stream(values())
        .filter(table -> table.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Unknown table: " + label));
  }

  /** Whether a directory of this name holds files of tasks. */
  static boolean isTasks(String directory) {
    return Arrays.stream(values()).anyMatch(table -> table.label().equals(directory));
  }

  /** Where a task's committed file is, relative to the study's directory. */
  public String path(int task) {
    return String.format(Locale.ROOT, "%s/task-%012d.parquet", label(), task);
  }

  /** The task of a committed file's name; empty if a task's file cannot be called so. */
  static OptionalInt taskOf(String fileName) {
    Matcher name = FILE_NAME.matcher(fileName);
    if (!name.matches() || Long.parseLong(name.group(1)) > Integer.MAX_VALUE) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(name.group(1)));
  }
}
