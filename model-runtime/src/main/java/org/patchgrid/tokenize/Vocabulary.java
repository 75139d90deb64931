package org.patchgrid.tokenize;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.checkpoint.BoundedJson;
import org.patchgrid.study.Limit;
import org.patchgrid.study.PatchgridException;

/**
 * How a tokenizer spells its tokens. Read from tokenizer.json, because the native library spells
 * only tokens that it has just cut from a text.
 *
 * @param largestId of the tokens that are not added ones; -1 if there are none
 */
record Vocabulary(Map<Integer, String> texts, int largestId) {
  Vocabulary {
    texts = Collections.unmodifiableMap(texts);
  }

  /**
   * Reads {@code model.vocab} and {@code added_tokens} as a stream: the merges, which are most of a
   * large file, never become objects.
   *
   * @param tokenizerJson the content of tokenizer.json
   * @throws PatchgridException if an added token is longer than is allowed
   */
  static Vocabulary read(byte[] tokenizerJson) throws IOException {
    Map<Integer, String> texts = new HashMap<>();
    Map<Integer, String> added = new HashMap<>();
    try (JsonParser json = BoundedJson.factory().createParser(tokenizerJson)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "added_tokens" -> readAddedTokens(json, added);
          case "model" -> readModel(json, texts);
          default -> json.skipChildren();
        }
      }
    }
    int largestId = texts.isEmpty() ? -1 : Collections.max(texts.keySet());
    texts.putAll(added); // an added token goes before a token of the model with the same id
    return new Vocabulary(texts, largestId);
  }

  /** The token as the vocabulary spells it; empty for a padding row, which has no token. */
  Optional<String> text(int id) {
    return Optional.ofNullable(texts.get(id));
  }

  OptionalInt id(String text) {
    return texts.entrySet().stream()
        .filter(entry -> entry.getValue().equals(text))
        .mapToInt(Map.Entry::getKey)
        .min();
  }

  private static void readAddedTokens(JsonParser json, Map<Integer, String> texts)
      throws IOException {
    while (json.nextToken() == JsonToken.START_OBJECT) {
      int id = -1;
      String content = "";
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "id" -> id = json.getIntValue();
          case "content" -> content = json.getText();
          default -> json.skipChildren();
        }
      }
      if (content.length() > Limit.TOKEN_CHARACTERS.value()) {
        throw new PatchgridException(
            "Cannot use tokenizer.json: an added token has %d characters, and %s"
                .formatted(content.length(), Limit.TOKEN_CHARACTERS.remedy()));
      }
      texts.put(id, content);
    }
  }

  private static void readModel(JsonParser json, Map<Integer, String> texts) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      if (!field.equals("vocab")) {
        json.skipChildren();
      } else if (json.currentToken() == JsonToken.START_OBJECT) {
        readIds(json, texts);
      } else {
        readScores(json, texts);
      }
    }
  }

  /** {@code {"token": id, ...}}: BPE, WordPiece and WordLevel. */
  private static void readIds(JsonParser json, Map<Integer, String> texts) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String text = json.currentName();
      json.nextToken();
      texts.put(json.getIntValue(), text);
    }
  }

  /** {@code [["token", score], ...]}: Unigram; the place is the id. */
  private static void readScores(JsonParser json, Map<Integer, String> texts) throws IOException {
    int id = 0;
    while (json.nextToken() == JsonToken.START_ARRAY) {
      json.nextToken();
      texts.put(id++, json.getText());
      while (json.nextToken() != JsonToken.END_ARRAY) {
        json.skipChildren();
      }
    }
  }
}
