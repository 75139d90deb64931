package org.patchgrid.study;

/** Our messages are one line, whatever stands in what they name. */
public final class OneLine {
  private OneLine() {}

  /** The text with its line breaks, and the blanks about them, made one blank each. */
  public static String of(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ");
  }
}
