package org.patchgrid.input;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.patchgrid.checkpoint.BoundedJson;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PatchgridException;

/**
 * The names of a pair's fields, and how columns of a table become the fields of a JSON object:
 * {@code label.NAME.clean}, {@code label.NAME.corrupted} and {@code tag.NAME} are parts of {@code
 * labels} and {@code tags}, and whatever is not a text may be written as JSON text.
 */
final class PromptFields {
  static final List<String> NAMES =
      List.of(
          "id",
          "clean",
          "corrupted",
          "answer",
          "foil",
          "answers",
          "foils",
          "labels",
          "tags",
          "clean_tokens",
          "corrupted_tokens",
          "answer_id",
          "foil_id");

  private static final Set<String> TEXTS = Set.of("id", "clean", "corrupted", "answer", "foil");
  private static final Pattern LABEL_COLUMN = Pattern.compile("label\\.(.+)\\.(clean|corrupted)");
  private static final Pattern TAG_COLUMN = Pattern.compile("tag\\.(.+)");

  private static final ObjectReader JSON = BoundedJson.mapper().build().reader();

  private PromptFields() {}

  /** Reads one JSON value, in which no key may appear twice. */
  static JsonNode json(String text, String what, PromptLocation where) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      String column = e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
      throw where.problem(
          what + " is not JSON" + column + ": " + e.getOriginalMessage() + "; mend it there");
    }
  }

  /** Refuses columns that mean nothing. */
  static void checkColumns(Collection<String> columns, PromptLocation where) {
    for (String column : columns) {
      if (!isKnown(column)) {
        throw unknown("column", column, where);
      }
    }
  }

  static PatchgridException unknown(String kind, String name, PromptLocation where) {
    return where.problem(
        "unknown " + kind + " '" + name + "': " + NearestName.hint(name, "a pair", NAMES));
  }

  /** Whether a table of ours may have this column. */
  static boolean isKnown(String column) {
    return NAMES.contains(column)
        || LABEL_COLUMN.matcher(column).matches()
        || TAG_COLUMN.matcher(column).matches();
  }

  /** Puts the value of a table's column where JSON lines would have it. */
  static void put(ObjectNode fields, String column, JsonNode value, PromptLocation where) {
    Matcher label = LABEL_COLUMN.matcher(column);
    Matcher tag = TAG_COLUMN.matcher(column);
    if (label.matches()) {
      ObjectNode labels = part(fields, "labels", column, where);
      once(part(labels, label.group(1), column, where), label.group(2), value, column, where);
    } else if (tag.matches()) {
      once(part(fields, "tags", column, where), tag.group(1), value, column, where);
    } else if (value.isTextual() && !TEXTS.contains(column)) {
      once(
          fields, column, json(value.textValue(), "column '" + column + "'", where), column, where);
    } else {
      once(fields, column, value, column, where);
    }
  }

  /** What is missing or null stays away. */
  static void copy(ObjectNode from, String name, ObjectNode to, String newName) {
    if (from.hasNonNull(name)) {
      to.set(newName, from.get(name));
    }
  }

  private static ObjectNode part(
      ObjectNode parent, String name, String column, PromptLocation where) {
    JsonNode part = parent.get(name);
    if (part == null) {
      return parent.putObject(name);
    }
    if (part instanceof ObjectNode object) {
      return object;
    }
    throw where.problem("column '" + column + "' and '" + name + "' do not go together");
  }

  private static void once(
      ObjectNode parent, String name, JsonNode value, String column, PromptLocation where) {
    JsonNode existing = parent.get(name);
    if (existing == null) {
      parent.set(name, value);
    } else if (existing instanceof ObjectNode object && value instanceof ObjectNode more) {
      more.properties().forEach(e -> once(object, e.getKey(), e.getValue(), column, where));
    } else {
      throw where.problem("column '" + column + "' gives '" + name + "' a second time");
    }
  }

  static ObjectNode empty() {
    return JsonNodeFactory.instance.objectNode();
  }
}
