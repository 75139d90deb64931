package org.patchgrid.tokenize;

/**
 * The characters {@code start} (inclusive) to {@code end} (exclusive) of a prompt, counted as
 * {@link String} counts them. Empty for a token that stands for no text of the prompt.
 */
record CharRange(int start, int end) {
  static final CharRange NONE = new CharRange(0, 0);

  boolean isEmpty() {
    return end <= start;
  }

  boolean overlaps(CharRange other) {
    return !isEmpty() && !other.isEmpty() && start < other.end && other.start < end;
  }

  /** Without white space at either end of this part of {@code text}. */
  CharRange trimmed(String text) {
    int from = start;
    int to = end;
    while (from < to && isSpace(text, from)) {
      from++;
    }
    while (to > from && isSpace(text, to - 1)) {
      to--;
    }
    return from == to ? NONE : new CharRange(from, to);
  }

  private static boolean isSpace(String text, int index) {
    char c = text.charAt(index);
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
