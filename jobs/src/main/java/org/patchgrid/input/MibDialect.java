package org.patchgrid.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.patchgrid.conf.PromptFormat;
import org.patchgrid.study.NearestName;

/**
 * Rows of the datasets of mib-bench on Hugging Face: {@code prompt}, its answer by {@code choices}
 * and {@code answerKey} or as {@code label}, and several counterfactuals that look like it. Answers
 * are spelled as MIB's own loader spells them ({@code HFEAPDataset} of its circuit track).
 *
 * @param counterfactual the column whose prompt is the corrupted one
 */
record MibDialect(String counterfactual) implements PromptDialect {
  private static final String SUFFIX = "_counterfactual";
  private static final List<String> TAGS = List.of("template", "operator", "attribute");

  /** The dialect of a file whose records have these fields; empty if it is of another format. */
  static Optional<MibDialect> of(
      Collection<String> names, Optional<String> choice, PromptLocation where) {
    List<String> counterfactuals = names.stream().filter(name -> name.endsWith(SUFFIX)).toList();
    if (!names.contains("prompt") || counterfactuals.isEmpty()) {
      return Optional.empty();
    }
    if (choice.isEmpty() && counterfactuals.size() > 1) {
      throw where.problem(
          "there are several counterfactuals, %s: choose one by prompts.counterfactual"
              .formatted(String.join(", ", counterfactuals)));
    }
    String name = choice.orElseGet(() -> counterfactuals.get(0));
    String column = name.endsWith(SUFFIX) ? name : name + SUFFIX;
    if (!counterfactuals.contains(column)) {
      throw where.problem(
          "there is no counterfactual '%s': there are %s"
              .formatted(name, NearestName.list(column, counterfactuals)));
    }
    return Optional.of(new MibDialect(column));
  }

  @Override
  public PromptFormat format() {
    return PromptFormat.MIB;
  }

  @Override
  public List<String> remarks() {
    return List.of("corrupted prompts from " + counterfactual);
  }

  @Override
  public ObjectNode fields(ObjectNode raw, PromptLocation where) {
    ObjectNode fields = PromptFields.empty();
    JsonNode other = raw.path(counterfactual);
    PromptFields.copy(raw, "prompt", fields, "clean");
    // Some rows have no counterfactual of this kind: such a pair is told of, and skipped.
    JsonNode corrupted = other.path("prompt");
    fields.put("corrupted", corrupted.isTextual() ? corrupted.textValue() : "");
    if (raw.path("metadata").hasNonNull("indirect_object")) {
      names(raw, fields, where);
    } else {
      answer(raw, "", where).ifPresent(text -> fields.put("answer", text));
      if (!other.isMissingNode() && !other.isNull()) {
        answer(other, counterfactual + ".", where).ifPresent(text -> fields.put("foil", text));
      }
    }
    ObjectNode tags = fields.putObject("tags");
    tags.put("counterfactual", counterfactual);
    TAGS.forEach(tag -> PromptFields.copy(raw, tag, tags, tag));
    return fields;
  }

  /**
   * Indirect objects: right is the indirect object and wrong the subject, in every counterfactual.
   */
  private static void names(ObjectNode raw, ObjectNode fields, PromptLocation where) {
    String right = raw.path("metadata").path("indirect_object").asText();
    String chosen = answer(raw, "", where).orElse(right);
    if (!right.equals(chosen)) {
      throw where.problem(
          "metadata.indirect_object is '%s', but answerKey chooses '%s'".formatted(right, chosen));
    }
    fields.put("answer", " " + right);
    fields.put("foil", " " + raw.path("metadata").path("subject").asText());
  }

  /** The chosen one of a row's choices, or its label. */
  private static Optional<String> answer(JsonNode row, String prefix, PromptLocation where) {
    JsonNode choices = row.path("choices");
    JsonNode labels = choices.isObject() ? choices.path("label") : choices;
    if (labels.isArray()) {
      JsonNode key = row.path("answerKey");
      if (!key.isIntegralNumber() || !labels.has(key.intValue())) {
        throw where.problem(
            "%sanswerKey is %s, which is none of the %d choices: they count from 0"
                .formatted(prefix, key, labels.size()));
      }
      return Optional.of(labels.get(key.intValue()).asText());
    }
    JsonNode label = row.path("label");
    return label.isValueNode() && !label.isNull() ? Optional.of(label.asText()) : Optional.empty();
  }
}
