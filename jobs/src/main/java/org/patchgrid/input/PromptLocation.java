package org.patchgrid.input;

import org.patchgrid.study.OneLine;
import org.patchgrid.study.PatchgridException;

/**
 * A place in a prompt file, for messages: {@code data/prompts/x.jsonl:17}, or {@code x.json, record
 * 17} where lines mean nothing.
 *
 * @param number counted from 1
 */
record PromptLocation(String path, Unit unit, long number) {
  enum Unit {
    /** Lines of a text; in Parquet rows. */
    LINE,
    /** Elements of a list in a JSON document. */
    RECORD
  }

  /** A line of a text, or a row of Parquet. */
  static PromptLocation line(String path, long line) {
    return new PromptLocation(path, Unit.LINE, line);
  }

  static PromptLocation record(String path, long record) {
    return new PromptLocation(path, Unit.RECORD, record);
  }

  PatchgridException problem(String what) {
    return new PatchgridException(this + ": " + OneLine.of(what));
  }

  /** Without the file: {@code line 17}. */
  String inFile() {
    return switch (unit) {
      case LINE -> "line " + number;
      case RECORD -> "record " + number;
    };
  }

  @Override
  public String toString() {
    return switch (unit) {
      case LINE -> path + ":" + number;
      case RECORD -> path + ", record " + number;
    };
  }
}
