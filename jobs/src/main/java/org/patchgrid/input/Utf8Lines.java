package org.patchgrid.input;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.patchgrid.study.Limit;
import org.patchgrid.study.PatchgridException;

/**
 * Splits a stream into lines and knows where in the file each one begins. Lines end with a line
 * feed, which may follow a carriage return. A byte order mark at the start of the file is skipped.
 */
final class Utf8Lines implements Closeable {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final String path;
  private final InputStream input;
  private final byte[] buffer = new byte[1 << 16];
  private int bufferPosition;
  private int bufferLimit;
  private long offset;
  private long line;

  /**
   * @param input stands at {@code start}; is closed with this
   */
  Utf8Lines(String path, InputStream input, PromptIndex.Checkpoint start) {
    this.path = path;
    this.input = input;
    this.offset = start.offset();
    this.line = start.line();
  }

  /**
   * A line with its terminator.
   *
   * @param start of the text; behind a byte order mark
   */
  record Line(PromptIndex.Checkpoint start, String text) {}

  /**
   * The next line; empty at the end of the file.
   *
   * @throws PatchgridException if it is not UTF-8; the next call goes on behind it
   */
  Optional<Line> next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    boolean ended = false;
    while (!ended && fill()) {
      int from = bufferPosition;
      while (bufferPosition < bufferLimit && !ended) {
        ended = buffer[bufferPosition++] == '\n';
      }
      bytes.write(buffer, from, bufferPosition - from);
      if (bytes.size() > Limit.LINE_BYTES.value()) {
        // A longer line is not a prompt but a file of another kind.
        throw here().problem("the line is too long: " + Limit.LINE_BYTES.remedy());
      }
    }
    if (bytes.size() == 0) {
      return Optional.empty();
    }
    return Optional.of(line(bytes.toByteArray()));
  }

  /** Where the next line begins. */
  PromptIndex.Checkpoint position() {
    return new PromptIndex.Checkpoint(offset, line);
  }

  private boolean fill() throws IOException {
    if (bufferPosition == bufferLimit) {
      bufferPosition = 0;
      bufferLimit = Math.max(0, input.read(buffer));
    }
    return bufferPosition < bufferLimit;
  }

  private Line line(byte[] bytes) {
    int skipped = offset == 0 && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
    PromptIndex.Checkpoint start = new PromptIndex.Checkpoint(offset + skipped, line);
    PromptLocation here = here();
    offset += bytes.length;
    line++;
    ByteBuffer text = ByteBuffer.wrap(bytes, skipped, bytes.length - skipped);
    try {
      return new Line(start, StandardCharsets.UTF_8.newDecoder().decode(text).toString());
    } catch (CharacterCodingException e) {
      throw here.problem(
          "byte " + (text.position() + 1) + " of the line is not UTF-8: save the file as UTF-8");
    }
  }

  private static boolean startsWithMark(byte[] bytes) {
    for (int i = 0; i < BYTE_ORDER_MARK.length; i++) {
      if (bytes.length <= i || bytes[i] != BYTE_ORDER_MARK[i]) {
        return false;
      }
    }
    return true;
  }

  private PromptLocation here() {
    return PromptLocation.line(path, line);
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
