package org.patchgrid.generate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The word lists of this package: one entry a line, {@code #} before what is said of them. */
final class WordList {
  private WordList() {}

  static List<String> read(String name) {
    try (@Nullable InputStream content = WordList.class.getResourceAsStream(name)) {
      if (content == null) {
        throw new IllegalStateException("There is no word list " + name);
      }
      return new String(content.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
