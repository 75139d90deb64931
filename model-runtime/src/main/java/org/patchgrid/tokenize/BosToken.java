package org.patchgrid.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.patchgrid.checkpoint.BoundedJson;
import org.patchgrid.study.PatchgridException;

/**
 * The beginning-of-sequence token of a model directory.
 *
 * @param whyNone what is missing, in words, if there is no such token
 */
record BosToken(OptionalInt id, String whyNone) {

  /** Reads {@code bos_token} of tokenizer_config.json; most models have one, and few need it. */
  static BosToken read(Path modelDirectory, Vocabulary vocabulary) {
    Path file = modelDirectory.resolve("tokenizer_config.json");
    if (!Files.exists(file)) {
      return none("there is no " + file);
    }
    JsonNode entry = config(file).path("bos_token");
    String text = entry.isObject() ? entry.path("content").asText("") : entry.asText("");
    if (entry.isMissingNode() || entry.isNull() || text.isEmpty()) {
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
                "Cannot put a BOS token first (bos = always): "
                    + whyNone
                    + "; use bos = tokenizer or never"));
  }

  private static BosToken none(String why) {
    return new BosToken(OptionalInt.empty(), why);
  }

  private static JsonNode config(Path file) {
    try {
      JsonNode config = BoundedJson.mapper().build().readTree(Files.readAllBytes(file));
      if (!config.isObject()) {
        throw new PatchgridException(
            "Cannot read " + file + ": it is not a JSON object; download it again");
      }
      return config;
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
      throw new PatchgridException("Cannot read " + file + ": " + why + "; download it again", e);
    }
  }
}
