package org.patchgrid.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchgrid.figure.Markup;
import org.patchgrid.figure.Text;
import org.patchgrid.results.AggregateOrigin;
import org.patchgrid.results.QueryResult;
import org.patchgrid.results.Resource;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.RecoveryError;
import org.patchgrid.study.Sha256;

/**
 * Writes the report of a study: one HTML file that asks for nothing else, complete on paper and
 * without scripts. Scripts add the buttons that save a figure.
 */
public final class ReportWriter {
  /** What a mail takes and a browser opens at once; figures that do not fit are listed instead. */
  private static final int LARGEST_FIGURES = 4_300_000;

  private static final int LONGEST_TABLE = 400;
  private static final int LONGEST_OPEN_TABLE = 30;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Study study;
  private final Figures figures;
  private final List<Figure> changes;
  private final Optional<String> pair;
  private final Markup html = new Markup();
  private final List<String> leftOut = new ArrayList<>();

  private ReportWriter(Study study, Optional<String> pair) {
    this.study = study;
    this.figures = new Figures(study);
    this.changes = figures.changes();
    this.pair = pair;
  }

  /**
   * Writes the file, whole or not at all; in the place of another file, not of a directory.
   *
   * @param pair the pair to show beside all pairs; without one the first that was measured under
   *     the metric of each figure
   * @throws PatchgridException if the study has no such pair
   */
  public static void write(Study study, Optional<String> pair, Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "it is a directory");
    }
    pair.ifPresent(
        id -> study.results().requireKnown(study.question("pair-tokens"), Map.of("pair_id", id)));
    String page = new ReportWriter(study, pair).page();
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, page);
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private String page() {
    String style = Resource.text(ReportWriter.class, "report.css");
    String script = Resource.text(ReportWriter.class, "report.js");
    html.raw("<!DOCTYPE html>\n").open("html", "lang", "en").line().open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src '%s'; script-src '%s'; img-src blob: data:; base-uri 'none'; form-action 'none'"
            .formatted(hash(style), hash(script)));
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.element("title", "Patchgrid report: " + study.facts().studyId());
    html.open("style").raw(style).close().close().line().open("body");
    header();
    html.open("main");
    whatWasRun();
    dataQuality();
    List<Slice> slices = figures.slices();
    if (slices.isEmpty() && changes.isEmpty()) {
      html.element("p", "No measurement is stored yet, so there is nothing to show.");
    }
    if (!changes.isEmpty()) {
      section("changes", "Ablations");
      changes.forEach(this::figure);
      html.close();
    }
    if (!slices.isEmpty()) {
      onePair(slices);
      findings(slices);
      pairsAndMetrics(slices.get(0));
    }
    cite(slices);
    sql();
    html.close();
    html.open("script").raw(script).close();
    return html.close().close().line().toString();
  }

  private void header() {
    StudyFacts facts = study.facts();
    html.open("header");
    html.element("h1", "Activation patching: " + facts.studyId());
    if (facts.simulated()) {
      banner(
          "Simulated: the numbers of this study were made up. They say nothing about any model.");
    }
    AggregateOrigin origin = study.results().origin();
    if (origin.kind() == AggregateOrigin.Kind.STALE) {
      banner(origin.sentence());
    } else {
      html.element("p", origin.sentence());
    }
    boolean unfinished = facts.tasks().isPresent() && facts.tasksDone() < facts.tasks().getAsInt();
    if (unfinished) {
      banner(
          "Not complete: %,d of %,d tasks are stored. What follows is of those."
              .formatted(facts.tasksDone(), facts.tasks().getAsInt()));
    }
    html.open("nav", "aria-label", "Contents").open("ul");
    contents("run", "What was run");
    contents("quality", "Data quality");
    if (!changes.isEmpty()) {
      contents("changes", "Ablations");
    }
    contents("pair", "One pair");
    contents("findings", "Findings");
    contents("pairs", "Components, metrics, pairs");
    contents("cite", "How to read and cite");
    contents("sql", "SQL");
    html.close().close().close().line();
  }

  private void contents(String id, String title) {
    html.open("li").element("a", title, "href", "#" + id).close();
  }

  private void banner(String text) {
    html.element("p", text, "class", "banner", "role", "note");
  }

  private void section(String id, String title) {
    html.line().open("section", "id", id, "aria-labelledby", id + "-heading");
    html.element("h2", title, "id", id + "-heading");
  }

  private void whatWasRun() {
    StudyFacts facts = study.facts();
    section("run", "What was run");
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("study", facts.studyId());
    rows.put("model", facts.model() + ", " + facts.dtype());
    rows.put("prompts", facts.prompts());
    rows.put("metrics", String.join(", ", facts.metrics()));
    rows.put(
        "tasks done",
        Text.count(facts.tasksDone())
            + (facts.tasks().isPresent() ? " of " + Text.count(facts.tasks().getAsInt()) : ""));
    rows.put("cells", Text.count(facts.cells()));
    rows.put("fingerprint", facts.fingerprint());
    facts.versions().forEach((name, version) -> rows.put(name + " version", version));
    for (int i = 0; i < facts.runs().size(); i++) {
      StudyFacts.Run run = facts.runs().get(i);
      rows.put(
          "run " + (i + 1),
          "began "
              + run.startedAt()
              + run.outcome()
                  .map(o -> ", " + o.toLowerCase(Locale.ROOT) + " " + run.endedAt())
                  .orElse(", has not ended")
              + run.details().entrySet().stream()
                  .map(entry -> ", " + entry.getKey() + " " + entry.getValue())
                  .collect(Collectors.joining()));
    }
    table("What was run", List.of("what", "value"), rows);
    html.open("details").element("summary", "The study with every default (study.conf)");
    html.element("pre", facts.studyText(), "tabindex", "0").close();
    html.open("details").element("summary", "What the fingerprint was made of");
    table("Parts of the fingerprint", List.of("part", "value"), facts.fingerprintParts());
    html.close().close();
  }

  private void table(String caption, List<String> heads, Map<String, String> rows) {
    html.open("table").element("caption", caption).open("thead").open("tr");
    heads.forEach(head -> html.element("th", head, "scope", "col"));
    html.close().close().open("tbody");
    rows.forEach(
        (name, value) ->
            html.open("tr")
                .element("th", name, "scope", "row")
                .element("td", value)
                .close()
                .line());
    html.close().close();
  }

  private void dataQuality() {
    StudyFacts facts = study.facts();
    section("quality", "Data quality: what could not be measured, and why");
    figure(
        figures.table(
            "data-quality",
            "Pairs and measurements by status",
            "Only measurements with status ok enter means, tests and rankings; the others are counted"
                + " here. by_construction: structure alone forces the result, whatever the model does."));
    figureUnlessEmpty(
        figures.table(
            "statuses",
            "Sites and layers with measurements that do not count",
            "By status; a layer row is all sites of a component in a layer."));
    screens();
    html.element("h3", "Audits and failures");
    html.open("ul");
    html.element(
        "li",
        Text.count(facts.auditedCells())
            + " of "
            + Text.count(facts.cells())
            + " cells were repeated one by one and compared"
            + (facts.auditedCells() > 0
                ? ": all agreed. One that had not would have stopped the study."
                : "."));
    html.element("li", Text.count(facts.failedCells()) + " cells failed.");
    facts
        .recoveryErrors()
        .forEach((metric, error) -> html.element("li", recoveryError(metric, error)));
    facts
        .quarantined()
        .forEach((task, reason) -> html.element("li", "Task " + task + " was given up: " + reason));
    html.close().close();
  }

  /** What is known of places that were only estimated; nothing in a study without a screen. */
  private void screens() {
    boolean screened =
        figureUnlessEmpty(
            figures.table(
                "screen",
                "How good was the screen?",
                "Estimates and measurements of every place, on a sample of pairs that was drawn beforehand."
                    + " missed: places among the first by measurement that were not kept. found: what"
                    + " the kept places change, as a share of what the first by measurement do."));
    if (screened) {
      figure(
          figures.table(
              "screen-missed",
              "What did the screen miss?",
              "Measured on the sample of pairs alone. A rank near the last one kept may be luck."));
    }
  }

  private static String recoveryError(String metric, RecoveryError error) {
    return "Recovery of %s is within %s of float32, %s on average, in %s audited rows."
        .formatted(
            metric,
            Text.number(error.largest()),
            Text.number(error.mean()),
            Text.count(error.rows()));
  }

  private void onePair(List<Slice> slices) {
    section("pair", "One pair, as the guide shows it, and all pairs");
    Map<String, List<Figure>> shown = new LinkedHashMap<>();
    List<String> notMeasured = new ArrayList<>();
    pair.ifPresent(id -> shown.put(id, new ArrayList<>()));
    for (Slice slice : slices) {
      if (!isMainMetric(slice, slices)) {
        continue;
      }
      Optional<String> chosen = pair.or(() -> figures.firstPair(slice));
      Optional<Figure> chart = chosen.flatMap(id -> figures.onePair(slice, id));
      if (chosen.isPresent() && chart.isPresent()) {
        shown.computeIfAbsent(chosen.get(), id -> new ArrayList<>()).add(chart.get());
      } else if (chosen.isPresent() && !figures.pairsOfWholeLayers(slice).isEmpty()) {
        notMeasured.add(slice.toString());
      }
    }
    shown.keySet().forEach(this::prompts);
    pair.filter(id -> !notMeasured.isEmpty())
        .ifPresent(id -> html.element("p", notMeasured(id, notMeasured)));
    if (notMeasured.isEmpty() && shown.values().stream().allMatch(List::isEmpty)) {
      html.element(
          "p",
          "No sweep patches a whole component at all positions, as the guide's experiment does.");
    }
    shown.values().forEach(charts -> charts.forEach(this::figure));
    html.close();
  }

  private String notMeasured(String pairId, List<String> slices) {
    String status =
        study.ask("pairs", Map.of("top", Integer.toString(Integer.MAX_VALUE))).records().stream()
            .filter(row -> row.name("pair_id").equals(pairId))
            .findFirst()
            .map(
                row ->
                    row.name("status") + row.text("reason").map(reason -> ": " + reason).orElse(""))
            .orElse("unknown");
    return "Pair %s was not measured at a whole component in: %s. Its status is %s."
        .formatted(pairId, String.join("; ", slices), status);
  }

  private void prompts(String pairId) {
    List<QueryResult.Row> tokens = study.ask("pair-tokens", Map.of("pair_id", pairId)).records();
    List<String> runs =
        Stream.of("clean", "corrupted").filter(run -> hasTokens(tokens, run)).toList();
    if (runs.isEmpty()) {
      return;
    }
    html.open("dl");
    for (String run : runs) {
      html.element("dt", run).open("dd").open("ol", "class", "tokens");
      for (QueryResult.Row row : tokens) {
        boolean differs =
            runs.size() > 1 && !row.text("clean_token").equals(row.text("corrupted_token"));
        row.text(run + "_token")
            .ifPresent(
                token -> html.open("li").element(differs ? "strong" : "span", token).close());
      }
      html.close().close();
    }
    html.close();
  }

  private static boolean hasTokens(List<QueryResult.Row> tokens, String run) {
    return tokens.stream().anyMatch(row -> row.text(run + "_token").isPresent());
  }

  /** The metric that gets every figure: the first of the study's that the sweep has. */
  private static boolean isMainMetric(Slice slice, List<Slice> slices) {
    return slices.stream()
        .filter(
            other ->
                other.sweep().equals(slice.sweep()) && other.direction().equals(slice.direction()))
        .findFirst()
        .orElseThrow()
        .equals(slice);
  }

  private void findings(List<Slice> slices) {
    section("findings", "Findings");
    for (Slice slice : slices) {
      html.element("h3", slice.toString());
      figure(figures.layers(slice));
      if (isMainMetric(slice, slices)) {
        figures.positionMaps(slice).forEach(this::figure);
        figures.headMaps(slice).forEach(this::figure);
        figures.topSites(slice).ifPresent(this::figure);
        figures.distribution(slice).ifPresent(this::figure);
      } else {
        html.element(
            "p",
            "Heat maps, top sites and distribution are drawn for the study's first metric; the"
                + " dashboard and export have them for this one.");
      }
    }
    html.close();
  }

  private void pairsAndMetrics(Slice main) {
    section("pairs", "Components, metrics, pairs");
    figure(
        figures.table(
            "components",
            "Which component matters?",
            "Its best layer with the interval, and the mean over its layers. The best of many layers"
                + " is partly luck."));
    figureUnlessEmpty(
        figures.table(
            "sufficient-necessary",
            "Which sites restore the behaviour, and which break it? " + main.metric(),
            "Sufficient: denoising there brings it back. Necessary: noising there breaks it.",
            Map.of("metric", main.metric())));
    figure(
        figures.table(
            "metric-agreement",
            "Do the metrics agree on which sites matter?",
            "Correlation over sites of mean effects, and how many of the first ten are common."));
    figure(
        figures.table(
            "outlier-pairs",
            "Which pairs are unlike the others? " + main,
            "Distance of a pair's effects from the sites' means, in standard deviations.",
            main.parameters()));
    html.close();
  }

  /** Shows it if it has rows; whether it has. */
  private boolean figureUnlessEmpty(Figure figure) {
    boolean shown = !figure.data().rows().isEmpty();
    if (shown) {
      figure(figure);
    }
    return shown;
  }

  private void figure(Figure figure) {
    String content = content(figure);
    if (html.length() + content.length() > LARGEST_FIGURES) {
      leftOut.add(figure.title());
      html.element(
          "p",
          "Left out to keep this file small: " + figure.title() + ". The dashboard shows it.",
          "class",
          "left-out");
      return;
    }
    html.raw(content);
  }

  private String content(Figure figure) {
    Markup part = new Markup();
    part.line().open("figure", "id", figure.id(), "data-name", figure.id());
    part.element("h4", figure.title());
    figure.svg().ifPresent(svg -> part.open("div", "class", "chart").raw(svg).close());
    part.element("figcaption", figure.caption() + " Query: " + figure.query() + ".sql.");
    if (figure.svg().isPresent() || figure.data().rows().size() > LONGEST_OPEN_TABLE) {
      part.open("details")
          .element(
              "summary",
              "The numbers as a table, rows: " + Text.count(figure.data().rows().size()));
      rows(part, figure);
      part.close();
    } else {
      rows(part, figure);
    }
    part.open("script", "type", "application/json").raw(json(figure)).close();
    return part.close().line().toString();
  }

  private static void rows(Markup part, Figure figure) {
    QueryResult data = figure.data();
    if (data.rows().isEmpty()) {
      part.element("p", "None.");
      return;
    }
    part.open(
        "div",
        "class",
        "wide",
        "tabindex",
        "0",
        "role",
        "region",
        "aria-label",
        "Table: " + figure.title());
    part.open("table").element("caption", figure.title()).open("thead").open("tr");
    data.columns().forEach(column -> part.element("th", column, "scope", "col"));
    part.close().close().open("tbody");
    for (List<@Nullable Object> row :
        data.rows().subList(0, Math.min(LONGEST_TABLE, data.rows().size()))) {
      part.open("tr");
      row.forEach(value -> cell(part, value));
      part.close().line();
    }
    part.close().close().close();
    if (data.rows().size() > LONGEST_TABLE) {
      part.element(
          "p",
          "The first %d of %,d rows; CSV and JSON have all."
              .formatted(LONGEST_TABLE, data.rows().size()));
    }
  }

  private static void cell(Markup part, @Nullable Object value) {
    if (value instanceof Double number) {
      part.element("td", Text.number(number), "class", "number");
    } else if (value instanceof Number number) {
      part.element("td", number.toString(), "class", "number");
    } else {
      part.element("td", value == null ? "" : value.toString());
    }
  }

  private static String json(Figure figure) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("query", figure.query());
    data.put("parameters", figure.parameters());
    data.put("columns", figure.data().columns());
    data.put("rows", figure.data().rows());
    try {
      // Nothing in it can end the element that it is in.
      return JSON.writeValueAsString(data).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Rows are plain values", e);
    }
  }

  private void cite(List<Slice> slices) {
    StudyFacts facts = study.facts();
    section("cite", "How to read and cite these numbers");
    html.open("ul");
    for (String sentence :
        List.of(
            "recovery = (patched - corrupted) / (clean - corrupted). effect is recovery when denoising"
                + " and 1 - recovery when noising: how much the site matters.",
            "A mean effect is a mean of ratios: each pair counts alike. ratio_of_means divides the mean"
                + " differences instead, so pairs with a large total effect weigh more. Say which one"
                + " you cite.",
            "An interval is over pairs: it says how the mean would vary with other pairs of the same"
                + " kind, not how it would with another model or another template.",
            "Of many sites some look large by chance: cite q_value (Benjamini-Hochberg over the sites),"
                + " not p_value, when you looked at all of them.",
            "Measurements that are so by construction are no findings, however close to 100% they"
                + " are: patching a whole residual stream restores the run whatever the model does.",
            "A negative effect is a finding too: the patch makes the output worse.")) {
      html.element("li", sentence);
    }
    html.close();
    Optional<String> example =
        facts.simulated()
            ? Optional.empty()
            : slices.stream().findFirst().flatMap(figures::exampleSentence);
    example.ifPresent(
        sentence ->
            html.element(
                "blockquote",
                "In study %s (model %s, fingerprint %s), %s."
                    .formatted(
                        facts.studyId(),
                        facts.model().replaceAll(".*/", ""),
                        facts
                            .fingerprint()
                            .substring(0, Math.min(12, facts.fingerprint().length())),
                        sentence)));
    if (!leftOut.isEmpty()) {
      html.element("h3", "Left out to keep this file small").open("ul");
      leftOut.forEach(title -> html.element("li", title));
      html.close();
    }
    html.close();
  }

  private void sql() {
    section("sql", "The SQL behind the figures");
    html.element(
        "p", "The files of conf/queries, as they were run. They work in DuckDB and in Spark SQL.");
    study.questions().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry -> {
              html.open("details").element("summary", entry.getKey() + ".sql");
              html.element("pre", entry.getValue().sql(), "tabindex", "0").close();
            });
    html.close();
  }

  private static String hash(String content) {
    byte[] digest = Sha256.begin().digest(content.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }
}
