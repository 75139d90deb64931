package org.patchgrid.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.parquet.schema.MessageType;
import org.patchgrid.table.CellTable;
import org.patchgrid.table.PairTable;

/** The tables that tasks write, in the order in which a task's files are committed. */
public enum ResultTable {
  /** One row a pair; from the task that holds the pair's first site. */
  PAIRS,
  /** One row a measurement; its file is what makes a task done. */
  CELLS;

  private static final Pattern FILE_NAME = Pattern.compile("task-(\\d{12})\\.parquet");
  private static final Pattern PART_NAME = Pattern.compile("part-(\\d{6})\\.parquet");

  /** The name of the table and of its directory. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  MessageType schema() {
    return switch (this) {
      case PAIRS -> PairTable.SCHEMA;
      case CELLS -> CellTable.SCHEMA;
    };
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

  /** Where a part of a compacted table is, relative to the directory. */
  String partPath(int part) {
    return String.format(Locale.ROOT, "%s/part-%06d.parquet", label(), part);
  }

  /**
   * The number of the part that has this path.
   *
   * @throws IllegalArgumentException if it is none of this table
   */
  int partOf(String path) {
    Matcher name = PART_NAME.matcher(path.substring(path.lastIndexOf('/') + 1));
    if (!name.matches() || !partPath(Integer.parseInt(name.group(1))).equals(path)) {
      throw new IllegalArgumentException("No part of " + label() + ": '" + path + "'");
    }
    return Integer.parseInt(name.group(1));
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
