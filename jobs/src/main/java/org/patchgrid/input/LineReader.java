package org.patchgrid.input;

import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

/** The characters of {@link Utf8Lines}, for a parser that splits lines itself. */
final class LineReader extends Reader {
  private final Utf8Lines lines;
  private String text = "";
  private int position;

  LineReader(Utf8Lines lines) {
    this.lines = lines;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    while (position == text.length()) {
      Optional<Utf8Lines.Line> next = lines.next();
      if (next.isEmpty()) {
        return -1;
      }
      text = next.get().text();
      position = 0;
    }
    int count = Math.min(length, text.length() - position);
    text.getChars(position, position + count, target, offset);
    position += count;
    return count;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
