package org.patchgrid.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.patchgrid.checkpoint.BoundedJson;
import org.patchgrid.study.PatchgridException;

/**
 * Records of a JSON document: the elements of the list that it is, or of the list {@value #PROMPTS}
 * in it. Read as a stream; a record's line is its number, from 1.
 */
final class JsonDocumentRecords implements PromptRecords {
  private static final String PROMPTS = "prompts";
  private static final String WORD_INDICES = "word_idxs";
  private static final String TOKEN_LABELS = "seq_labels";

  /** With one of them first, tokens are counted from the BOS. */
  private static final Set<String> BOS_LABELS = Set.of("BOS", "<BOS>", "<|BOS|>");

  // Behind a record comes the next one.
  private static final JsonFactory FACTORY =
      BoundedJson.mapper()
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .getFactory();

  private final String path;
  private final JsonParser json;
  private long record;
  private boolean ended;

  private JsonDocumentRecords(String path, JsonParser json) {
    this.path = path;
    this.json = json;
  }

  /**
   * What tells the format of a document with prompts in it; empty for other content.
   *
   * @param content from its start; closed
   */
  static Optional<FileSample> sample(String path, InputStream content) throws IOException {
    try (JsonParser json = FACTORY.createParser(content)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      boolean hasPrompts = false;
      JsonNode wordIndices = MissingNode.getInstance();
      String firstLabel = "";
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean isList = json.nextToken() == JsonToken.START_ARRAY;
        if (name.equals(PROMPTS) && isList) {
          hasPrompts = true;
          json.skipChildren();
        } else if (name.equals(WORD_INDICES)) {
          wordIndices = json.readValueAsTree();
        } else if (name.equals(TOKEN_LABELS)) {
          JsonNode labels = json.readValueAsTree();
          firstLabel = labels.path(0).asText();
        } else {
          json.skipChildren();
        }
      }
      return hasPrompts
          ? Optional.of(
              FileSample.ofPromptDocument(
                  wordIndices(path, wordIndices), BOS_LABELS.contains(firstLabel)))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      throw malformed(path, e);
    }
  }

  private static Map<String, Integer> wordIndices(String path, JsonNode given) {
    Map<String, Integer> indices = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> word : given.properties()) {
      if (!word.getValue().isInt()) {
        throw new PatchgridException(
            "%s: %s '%s' is %s: it must be the number of a token, from 0"
                .formatted(path, WORD_INDICES, word.getKey(), word.getValue()));
      }
      indices.put(word.getKey(), word.getValue().intValue());
    }
    return indices;
  }

  /**
   * Records of a document; empty if {@code content} is none, but an object a line.
   *
   * @param content from its start; closed with the records, or if there are none
   * @param firstRecord counted from 0
   */
  static Optional<PromptRecords> open(String path, InputStream content, long firstRecord)
      throws IOException {
    JsonParser json = FACTORY.createParser(content);
    try {
      JsonDocumentRecords records = new JsonDocumentRecords(path, json);
      if (!findsList(json)) {
        json.close();
        return Optional.empty();
      }
      while (records.record < firstRecord && records.next().isPresent()) {}
      return Optional.of(records);
    } catch (JsonProcessingException e) {
      json.close();
      throw malformed(path, e);
    } catch (IOException | RuntimeException e) {
      json.close();
      throw e;
    }
  }

  /** If so, the parser stands at the list's start. */
  private static boolean findsList(JsonParser json) throws IOException {
    JsonToken first = json.nextToken();
    if (first != JsonToken.START_OBJECT) {
      return first == JsonToken.START_ARRAY;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean isNamedSo = json.currentName().equals(PROMPTS);
      if (json.nextToken() == JsonToken.START_ARRAY && isNamedSo) {
        return true;
      }
      json.skipChildren();
    }
    return false;
  }

  @Override
  public Optional<PromptRecord> next() throws IOException {
    if (ended) {
      return Optional.empty();
    }
    PromptLocation where = PromptLocation.record(path, record + 1);
    PromptIndex.Checkpoint start = new PromptIndex.Checkpoint(record, record + 1);
    try {
      ended = true; // unless a record comes, behind which one can go on
      if (json.nextToken() == JsonToken.END_ARRAY) {
        return Optional.empty();
      }
      JsonNode value = json.readValueAsTree();
      ended = false;
      record++;
      if (value instanceof ObjectNode fields) {
        return Optional.of(new PromptRecord(start, where, fields));
      }
      throw where.problem("it is not a JSON object");
    } catch (JsonProcessingException e) {
      throw malformed(path, e);
    }
  }

  /** With the line of the file. */
  static PatchgridException malformed(String path, JsonProcessingException e) {
    long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
    return PromptLocation.line(path, line)
        .problem("the file is not JSON: " + e.getOriginalMessage() + "; mend it there");
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
