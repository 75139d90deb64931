package org.patchgrid.tokenize;

import java.util.List;
import java.util.stream.Collectors;

/** Writes the user's texts into one-line messages. */
final class Quote {
  private static final int MOST_CHARACTERS = 80;
  private static final int MOST_TOKENS = 8;

  private Quote() {}

  /** In quotation marks, on one line, cut where it is long. */
  static String text(String text) {
    int end = Math.min(text.length(), MOST_CHARACTERS);
    StringBuilder quoted = new StringBuilder("\"");
    text.substring(0, end).codePoints().forEach(c -> append(quoted, c));
    return quoted.append(end < text.length() ? "...\"" : "\"").toString();
  }

  /** Each in quotation marks, with commas between; the first few of many. */
  static String tokens(List<String> tokens) {
    String quoted =
        tokens.stream().limit(MOST_TOKENS).map(Quote::text).collect(Collectors.joining(", "));
    return tokens.size() <= MOST_TOKENS ? quoted : quoted + ", ...";
  }

  private static void append(StringBuilder quoted, int codePoint) {
    switch (codePoint) {
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      case '"' -> quoted.append("\\\"");
      default -> {
        if (Character.isISOControl(codePoint)
            || Character.getType(codePoint) == Character.SURROGATE) {
          quoted.append(String.format("\\u%04x", codePoint));
        } else {
          quoted.appendCodePoint(codePoint);
        }
      }
    }
  }
}
