package org.patchgrid.study;

import org.jspecify.annotations.Nullable;

/** Messages of other people's code in ours, which are one line. */
public final class OneLine {
  private OneLine() {}

  /** The text with its line breaks, and the blanks about them, made one blank each. */
  public static String of(@Nullable String text) {
    return String.valueOf(text).replaceAll("\\s*\\R\\s*", " ");
  }
}
