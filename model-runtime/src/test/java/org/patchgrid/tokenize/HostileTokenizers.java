package org.patchgrid.tokenize;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Java's own readers of a tokenizer's files, for tests that damage them. */
public final class HostileTokenizers {
  /** Each kind of tokenizer.json, of three tokens. */
  public static final List<String> SEEDS =
      List.of(
          """
          {"added_tokens":[{"id":2,"content":"<s>","special":true}],"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}
          """,
          """
          {"version":"1.0","model":{"type":"Unigram","vocab":[["a",-1.5],["b",-2]]},"added_tokens":[]}
          """);

  private HostileTokenizers() {}

  /** A reader of one file. */
  @FunctionalInterface
  public interface OneFile {
    /** Reads a file with this content. */
    void read(byte[] content) throws IOException;
  }

  /** tokenizer_config.json beside a vocabulary. */
  public static OneFile config(Path directory) throws IOException {
    Vocabulary vocabulary = Vocabulary.read(SEEDS.get(0).getBytes(StandardCharsets.UTF_8));
    return content -> {
      Files.write(directory.resolve("tokenizer_config.json"), content);
      BosToken.read(directory, vocabulary);
    };
  }

  public static void readVocabulary(byte[] content) throws IOException {
    Vocabulary.read(content);
  }
}
