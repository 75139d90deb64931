package org.patchgrid.tokenize;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.PatchgridException;

/**
 * The beginning-of-sequence token of a model directory.
 *
 * @param whyNone what is missing, in words, if there is no such token
 */
record BosToken(OptionalInt id, String whyNone) {
  private static final String KEY = "bos_token";

  /** Reads {@code bos_token} of tokenizer_config.json; most models have one, and few need it. */
  static BosToken read(Path modelDirectory, Vocabulary vocabulary) {
    Path file = modelDirectory.resolve("tokenizer_config.json");
    if (!Files.exists(file)) {
      return none("there is no " + file);
    }
    ConfigFile config = ConfigFile.read(file);
    String text =
        (config.isSection(KEY)
                ? config.section(KEY).flatMap(token -> token.string("content"))
                : config.string(KEY))
            .orElse("");
    if (text.isEmpty()) {
      return none(file + " names no bos_token");
    }
    OptionalInt id = vocabulary.id(text);
    return id.isPresent()
        ? new BosToken(id, "")
        : none(file + " names " + Quote.text(text) + ", which is not in tokenizer.json");
  }

  /**
   * @throws PatchgridException if there is none
   */
  int require() {
    return id.orElseThrow(
        () ->
            new PatchgridException(
                "Cannot put a BOS token first (bos = always): %s; use bos = tokenizer or never"
                    .formatted(whyNone)));
  }

  private static BosToken none(String why) {
    return new BosToken(OptionalInt.empty(), why);
  }
}
