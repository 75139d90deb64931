package org.patchgrid.input;

import java.util.Locale;
import org.patchgrid.study.PatchgridException;

/** What a prompt file is made of, told by the end of its name. */
enum FileKind {
  /** One JSON object a line. */
  JSON_LINES(".jsonl"),
  /** RFC 4180, with a header row. */
  CSV(".csv"),
  /** One row a pair. */
  PARQUET(".parquet"),
  /** One JSON document: an object that holds a list of prompts, or a list of objects. */
  JSON(".json");

  private final String suffix;

  FileKind(String suffix) {
    this.suffix = suffix;
  }

  /**
   * The kind of the file {@code path}.
   *
   * @throws PatchgridException if its name ends otherwise
   */
  static FileKind of(String path) {
    for (FileKind kind : values()) {
      if (path.toLowerCase(Locale.ROOT).endsWith(kind.suffix)) {
        return kind;
      }
    }
    throw new PatchgridException(
        "Cannot tell the format of the prompts %s: name it .jsonl, .csv, .parquet or .json"
            .formatted(path));
  }

  String suffix() {
    return suffix;
  }
}
