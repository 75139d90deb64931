package org.patchgrid.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.patchgrid.conf.PromptFormat;
import org.patchgrid.study.NearestName;

/**
 * The CSV files of EAP-IG: {@code clean}, {@code corrupted}, and the answers by columns that differ
 * from task to task. Read off the data and {@code dataset.py} of hannamw/eap-ig-faithfulness
 * (c75cc88) and hannamw/EAP-IG.
 *
 * @param corrupted the column of the corrupted prompt
 * @param answers two columns of token ids, right and wrong; or one, of a year's last two digits or
 *     of a list of both; or none
 * @param others columns that are left alone
 */
record EapIgDialect(String corrupted, List<String> answers, List<String> others)
    implements PromptDialect {
  static final String CORRUPTED = "corrupted";

  /** Right and wrong token ids, a column each. Only one of these pairs is in a file. */
  static final List<List<String>> ID_COLUMNS =
      List.of(
          List.of("correct_idx", "incorrect_idx"),
          List.of("answers_idx", "corrupted_answers_idx"),
          List.of("country_idx", "corrupted_country_idx"),
          List.of("clean_answer_idx", "corrupted_answer_idx"));

  /** What is in a column alone: greater-than's year, or a list of right and wrong ids. */
  static final List<String> LABEL_COLUMNS = List.of("correct_idx", "label", "labels");

  /** Subject-verb agreement, whose answers are lists of verbs that are not in the file. */
  static final String PLURAL = "plural";

  private static final Set<String> TAGS = Set.of("group", PLURAL);
  private static final Pattern YEAR = Pattern.compile("\\d{1,2}");
  private static final Pattern CENTURY_AT_END = Pattern.compile("(?s).*\\d\\d");

  EapIgDialect {
    answers = List.copyOf(answers);
    others = List.copyOf(others);
  }

  /** The dialect of a file with these columns; empty if it is of another format. */
  static Optional<EapIgDialect> of(
      List<String> columns, Optional<String> counterfactual, PromptLocation where) {
    if (!columns.contains("clean") || !columns.contains(CORRUPTED)) {
      return Optional.empty();
    }
    List<List<String>> present =
        ID_COLUMNS.stream().filter(pair -> columns.containsAll(pair)).toList();
    if (present.size() > 1) {
      throw where.problem(
          "there are answers in %s and in %s: keep one of them"
              .formatted(
                  String.join(" and ", present.get(0)), String.join(" and ", present.get(1))));
    }
    Optional<String> label = LABEL_COLUMNS.stream().filter(columns::contains).findFirst();
    if (present.isEmpty() && label.isEmpty() && !columns.contains(PLURAL)) {
      return Optional.empty();
    }
    List<String> answers =
        present.isEmpty() ? label.map(List::of).orElseGet(List::of) : present.get(0);
    String corrupted = counterfactual.orElse(CORRUPTED);
    if (!columns.contains(corrupted)) {
      throw where.problem(
          "there is no column '%s', which prompts.counterfactual names: the columns are %s"
              .formatted(corrupted, NearestName.list(corrupted, columns)));
    }
    List<String> others = new ArrayList<>(columns);
    others.removeAll(List.of("clean", corrupted));
    others.removeAll(answers);
    others.removeAll(TAGS);
    return Optional.of(new EapIgDialect(corrupted, answers, others));
  }

  @Override
  public PromptFormat format() {
    return PromptFormat.EAP_IG;
  }

  @Override
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    if (!corrupted.equals(CORRUPTED)) {
      remarks.add("corrupted prompts from " + corrupted);
    }
    remarks.add(
        switch (answers.size()) {
          case 0 -> "no answers";
          case 1 -> "answers from " + answers.get(0);
          default ->
              "answers are the token ids in %s, of the tokenizer that the file was made for"
                  .formatted(String.join(" and ", answers));
        });
    if (!others.isEmpty()) {
      List<String> named = others.stream().map(c -> c.isEmpty() ? "(unnamed)" : c).toList();
      remarks.add("not used: " + String.join(", ", named));
    }
    return remarks;
  }

  @Override
  public ObjectNode fields(ObjectNode raw, PromptLocation where) {
    ObjectNode fields = PromptFields.empty();
    PromptFields.copy(raw, "clean", fields, "clean");
    PromptFields.copy(raw, corrupted, fields, "corrupted");
    if (answers.size() == 2) {
      fields.set("answer_id", ids(cell(raw, answers.get(0), where), answers.get(0), where));
      fields.set("foil_id", ids(cell(raw, answers.get(1), where), answers.get(1), where));
    } else if (answers.size() == 1) {
      label(answers.get(0), raw, fields, where);
    }
    for (String tag : TAGS) {
      PromptFields.copy(raw, tag, fields.withObject("/tags"), tag);
    }
    return fields;
  }

  private void label(String column, ObjectNode raw, ObjectNode fields, PromptLocation where) {
    String value = cell(raw, column, where).strip();
    if (YEAR.matcher(value).matches()) {
      years(Integer.parseInt(value), raw.path("clean").asText(), column, fields, where);
      return;
    }
    JsonNode both = PromptFields.json(value, "column '" + column + "'", where);
    boolean isPair = both.isArray() && both.size() == 2 && !column.equals("correct_idx");
    if (!isPair) {
      throw where.problem(
          ("column '%s': '%s' is neither the last two digits of a year nor [right ids, wrong ids];"
                  + " token ids stand in two columns, correct_idx and incorrect_idx")
              .formatted(column, value));
    }
    fields.set("answer_id", both.get(0));
    fields.set("foil_id", both.get(1));
  }

  /** Right are the years of the century behind this one; wrong are it and those before it. */
  private static void years(
      int year, String clean, String column, ObjectNode fields, PromptLocation where) {
    String century = clean.substring(Math.max(0, clean.length() - 2));
    String whole = century + "%02d".formatted(year);
    if (!CENTURY_AT_END.matcher(clean).matches() || !clean.contains(whole)) {
      throw where.problem(
          ("column '%s' alone means the last two digits of a year, but the clean prompt does not"
                  + " end in a century and have the year %s in it; token ids stand in two columns,"
                  + " correct_idx and incorrect_idx")
              .formatted(column, whole));
    }
    if (year == 99) {
      throw where.problem("column '" + column + "': no year of the century is behind 99");
    }
    ArrayNode right = fields.putArray("answers");
    ArrayNode wrong = fields.putArray("foils");
    for (int other = 0; other < 100; other++) {
      (other > year ? right : wrong).add("%02d".formatted(other));
    }
  }

  private static JsonNode ids(String cell, String column, PromptLocation where) {
    return PromptFields.json(cell, "column '" + column + "'", where);
  }

  private static String cell(ObjectNode raw, String column, PromptLocation where) {
    JsonNode value = raw.path(column);
    if (!value.isTextual()) {
      throw where.problem("column '" + column + "' is empty: every pair needs its answer");
    }
    return value.textValue();
  }
}
