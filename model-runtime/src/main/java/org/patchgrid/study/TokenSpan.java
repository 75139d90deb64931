package org.patchgrid.study;

import java.io.Serializable;

/** The token positions {@code start} (inclusive) to {@code end} (exclusive). */
public record TokenSpan(int start, int end) implements Serializable {
  public TokenSpan {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("Invalid token span: [" + start + ", " + end + ")");
    }
  }

  public boolean contains(int position) {
    return start <= position && position < end;
  }

  public boolean overlaps(TokenSpan other) {
    return start < other.end && other.start < end;
  }

  @Override
  public String toString() {
    return "[" + start + ", " + end + "]";
  }
}
