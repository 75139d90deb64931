package org.patchgrid.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.patchgrid.conf.PromptFormat;
import org.patchgrid.study.Labels;

/**
 * The JSON documents of auto-circuit: {@code prompts} with {@code clean}, {@code corrupt}, {@code
 * answers} and {@code wrong_answers}, and {@code word_idxs}, which names tokens of every prompt.
 * Read off its {@code load_datasets_from_json} (auto_circuit/data.py, 55aa4d8).
 *
 * @param labels the token of each name, counted without a BOS token
 * @param others names of tokens that cannot be labels, and why
 */
record AutoCircuitDialect(Map<String, Integer> labels, List<String> others)
    implements PromptDialect {
  AutoCircuitDialect {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    others = List.copyOf(others);
  }

  /**
   * The dialect of a document with these tokens.
   *
   * @param wordIndices {@code word_idxs}, in the file's order
   * @param countsBos whether they count a BOS token, which files do whose first {@code seq_labels}
   *     is one
   */
  static AutoCircuitDialect of(Map<String, Integer> wordIndices, boolean countsBos) {
    Map<String, Integer> labels = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    wordIndices.forEach(
        (name, index) -> {
          int token = countsBos ? index - 1 : index;
          if (token < 0) {
            others.add(name + " (no token of the text)");
          } else if (name.isBlank() || Labels.isBuiltIn(name)) {
            others.add(name + " (the name of a built-in label)");
          } else if (labels.containsValue(token)) {
            others.add(name + " (the same token as " + nameOf(token, labels) + ")");
          } else {
            labels.put(name, token);
          }
        });
    return new AutoCircuitDialect(labels, others);
  }

  private static String nameOf(int token, Map<String, Integer> labels) {
    return labels.entrySet().stream()
        .filter(label -> label.getValue() == token)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public PromptFormat format() {
    return PromptFormat.AUTO_CIRCUIT;
  }

  @Override
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    if (!labels.isEmpty()) {
      remarks.add("labels from word_idxs: " + String.join(", ", labels.keySet()));
    }
    if (!others.isEmpty()) {
      remarks.add("not used: " + String.join(", ", others));
    }
    return remarks;
  }

  @Override
  public ObjectNode fields(ObjectNode raw, PromptLocation where) {
    ObjectNode fields = PromptFields.empty();
    prompt(raw, "clean", fields, "clean", where);
    prompt(raw, "corrupt", fields, "corrupted", where);
    answers(raw, "answers", fields, "answer", where);
    answers(raw, "wrong_answers", fields, "foil", where);
    ObjectNode spans = fields.putObject("labels");
    labels.forEach((name, token) -> label(name, token, fields.has("clean"), spans));
    return fields;
  }

  private static void label(String name, int token, boolean isText, ObjectNode labels) {
    ArrayNode span =
        isText
            ? labels.putObject(name).putArray(PairReader.TOKENS)
            : labels.putArray(name); // ids are used as they are, and so are counted
    span.add(token).add(token + 1);
  }

  private static void prompt(
      ObjectNode raw, String name, ObjectNode fields, String field, PromptLocation where) {
    JsonNode prompt = raw.path(name);
    if (prompt.isMissingNode() || prompt.isNull()) {
      throw where.problem("'" + name + "' is missing: every pair needs two prompts");
    }
    fields.set(prompt.isArray() ? field + "_tokens" : field, prompt);
  }

  private static void answers(
      ObjectNode raw, String name, ObjectNode fields, String field, PromptLocation where) {
    JsonNode answers = raw.path(name);
    if (answers.isMissingNode() || answers.isNull()) {
      return;
    }
    if (!answers.isArray()) {
      throw where.problem("'" + name + "' must be a list of texts or of token ids");
    }
    if (!answers.isEmpty()) {
      fields.set(answers.get(0).isNumber() ? field + "_id" : field + "s", answers);
    }
  }
}
