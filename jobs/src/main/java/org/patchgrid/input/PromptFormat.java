package org.patchgrid.input;

import java.util.Locale;
import org.patchgrid.study.PatchgridException;

/** The formats of a prompt file, told by the end of its name. */
public enum PromptFormat {
  /** One JSON object a line. */
  JSON_LINES(".jsonl"),
  /** RFC 4180, with a header row. */
  CSV(".csv"),
  /** One row a pair. */
  PARQUET(".parquet");

  private final String suffix;

  PromptFormat(String suffix) {
    this.suffix = suffix;
  }

  /**
   * The format of the file {@code path}.
   *
   * @throws PatchgridException if its name ends otherwise
   */
  public static PromptFormat of(String path) {
    for (PromptFormat format : values()) {
      if (path.toLowerCase(Locale.ROOT).endsWith(format.suffix)) {
        return format;
      }
    }
    throw new PatchgridException(
        "Cannot tell the format of the prompts " + path + ": name it .jsonl, .csv or .parquet");
  }
}
