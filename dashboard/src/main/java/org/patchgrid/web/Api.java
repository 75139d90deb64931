package org.patchgrid.web;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchgrid.query.QueryFile;
import org.patchgrid.query.QueryParameter;
import org.patchgrid.report.Study;
import org.patchgrid.report.StudyFacts;
import org.patchgrid.results.QueryResult;
import org.patchgrid.results.StudyResults;
import org.patchgrid.study.PatchgridException;

/**
 * What the page asks for, as JSON: {@code /api/study}, {@code /api/version}, {@code
 * /api/questions}, and {@code /api/questions/NAME?parameter=value} for the answer.
 */
record Api(LiveStudy study, boolean compares) {
  static final String PREFIX = "/api/";
  private static final String QUESTIONS = PREFIX + "questions";

  /** What a browser can show; the answer says so when there is more. */
  private static final int MOST_ROWS = 20_000;

  Reply reply(String path, String rawQuery) {
    try {
      Map<String, String> values = QueryString.parse(rawQuery);
      if (path.startsWith(QUESTIONS + "/")) {
        return answer(path.substring(QUESTIONS.length() + 1), values);
      }
      if (!values.isEmpty()) {
        return Reply.error(400, "This address has no parameters");
      }
      return switch (path) {
        case PREFIX + "version" -> Reply.json(200, Map.of("version", study.version()));
        case PREFIX + "study" -> Reply.json(200, study.ask(this::facts));
        case QUESTIONS -> Reply.json(200, study.ask(Api::questions));
        default -> Reply.error(404, "Nothing is here");
      };
    } catch (PatchgridException e) {
      return Reply.error(400, String.valueOf(e.getMessage()));
    }
  }

  private Reply answer(String name, Map<String, String> values) {
    Optional<QueryFile> question =
        study.ask(asked -> Optional.ofNullable(asked.questions().get(name)));
    if (question.isEmpty()) {
      return Reply.error(404, "No such question");
    }
    List<String> key = new ArrayList<>(List.of(name));
    values.forEach((parameter, value) -> key.addAll(List.of(parameter, value)));
    return study.answer(key, asked -> rows(asked.results(), question.get(), values));
  }

  private static Reply rows(StudyResults results, QueryFile question, Map<String, String> values) {
    QueryResult result = results.run(question, values);
    List<List<@Nullable Object>> rows = result.rows();
    if (rows.isEmpty()) {
      results.requireKnown(question, values);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("columns", result.columns());
    answer.put("rows", rows.subList(0, Math.min(MOST_ROWS, rows.size())));
    answer.put("total", rows.size());
    return Reply.json(200, answer);
  }

  private Map<String, @Nullable Object> facts(Study asked) {
    StudyFacts facts = asked.facts();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("study", facts.studyId());
    json.put("simulated", facts.simulated());
    json.put("model", facts.model());
    json.put("dtype", facts.dtype());
    json.put("prompts", facts.prompts());
    json.put("metrics", facts.metrics());
    json.put("labels", facts.labels());
    json.put("sweeps_of_all_layers", facts.sweepsOfAllLayers());
    json.put("fingerprint", facts.fingerprint());
    json.put("versions", facts.versions());
    json.put("tasks", facts.tasks().isPresent() ? facts.tasks().getAsInt() : null);
    json.put("tasks_done", facts.tasksDone());
    json.put("quarantined", facts.quarantined());
    json.put("statistics", asked.results().origin().sentence());
    json.put("statistics_kind", asked.results().origin().kind().name());
    json.put("in_memory", asked.results().loaded());
    json.put("compares", compares);
    json.put("study_conf", facts.studyText());
    return json;
  }

  private static List<Map<String, Object>> questions(Study asked) {
    return asked.questions().values().stream()
        .sorted(Comparator.comparing(QueryFile::name))
        .map(
            question ->
                Map.<String, Object>of(
                    "name",
                    question.name(),
                    "question",
                    question.question(),
                    "parameters",
                    question.parameters().stream().map(QueryParameter::name).toList(),
                    "columns",
                    question.columns().stream()
                        .map(
                            column ->
                                Map.of("name", column.name(), "description", column.description()))
                        .toList(),
                    "sql",
                    question.sql()))
        .toList();
  }
}
