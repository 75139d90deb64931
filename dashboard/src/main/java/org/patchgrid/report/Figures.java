package org.patchgrid.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.patchgrid.figure.DivergingScale;
import org.patchgrid.figure.HeatMap;
import org.patchgrid.figure.Histogram;
import org.patchgrid.figure.LayerChart;
import org.patchgrid.figure.SiteChart;
import org.patchgrid.figure.Text;
import org.patchgrid.results.AggregateOrigin;
import org.patchgrid.results.QueryResult;

/** Draws what the queries answer. Every figure has the rows it was drawn from. */
final class Figures {
  private static final int TOP_SITES = 20;

  private final Study study;
  private final MissingValues missing;

  Figures(Study study) {
    this.study = study;
    this.missing = new MissingValues(study.ask("statuses", Map.of()));
  }

  /** All sweeps, directions and metrics that have effects, in the order of the study's metrics. */
  List<Slice> slices() {
    Set<Slice> slices = new LinkedHashSet<>();
    for (QueryResult.Row row : study.ask("layers", Map.of()).records()) {
      slices.add(Slice.of(row));
    }
    List<String> order = study.facts().metrics();
    return slices.stream()
        .sorted(
            Comparator.comparing(Slice::sweep)
                .thenComparing(Slice::direction)
                .thenComparing(slice -> order.indexOf(slice.metric()))
                .thenComparing(Slice::metric))
        .toList();
  }

  private boolean bootstrapped() {
    return study.results().origin().kind() != AggregateOrigin.Kind.COMPUTED;
  }

  private String intervalName() {
    return bootstrapped() ? "95% bootstrap intervals over pairs" : "95% t intervals over pairs";
  }

  private OptionalDouble low(QueryResult.Row row) {
    return row.number(bootstrapped() ? "bootstrap_low" : "t_low");
  }

  private OptionalDouble high(QueryResult.Row row) {
    return row.number(bootstrapped() ? "bootstrap_high" : "t_high");
  }

  /**
   * All charts of a slice.
   *
   * @param pair to show beside all pairs
   */
  List<Figure> charts(Slice slice, Optional<String> pair) {
    List<Figure> charts = new ArrayList<>();
    pair.flatMap(id -> onePair(slice, id)).ifPresent(charts::add);
    charts.add(layers(slice));
    charts.addAll(positionMaps(slice));
    charts.addAll(headMaps(slice));
    topSites(slice).ifPresent(charts::add);
    distribution(slice).ifPresent(charts::add);
    return charts;
  }

  /**
   * A pair for {@link #onePair}: the guide's own, called guide, if it was measured there, otherwise
   * the first that was. Empty where the sweep patches no whole component.
   */
  Optional<String> firstPair(Slice slice) {
    List<String> pairs = pairsOfWholeLayers(slice);
    return pairs.contains("guide") ? Optional.of("guide") : pairs.stream().findFirst();
  }

  /**
   * The pairs that have what {@link #onePair} shows, by id; none where the sweep patches no site at
   * all positions and heads.
   */
  List<String> pairsOfWholeLayers(Slice slice) {
    Map<String, List<QueryResult.Row>> components =
        byComponent(study.ask("layers", slice.parameters()).records().stream(), row -> row);
    return components.values().stream()
        .map(layers -> pairsOfWholeLayer(slice, layers.get(0)))
        .filter(pairs -> !pairs.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private List<String> pairsOfWholeLayer(Slice slice, QueryResult.Row layer) {
    Map<String, String> site =
        new TreeMap<>(slice.parameters("component", layer.name("component")));
    site.put("layer", layer.name("layer"));
    layer.text("receiver").ifPresent(receiver -> site.put("receiver", receiver));
    return study.ask("site-pairs", site).records().stream()
        .map(row -> row.name("pair_id"))
        .sorted()
        .toList();
  }

  /** The guide's chart over all pairs. */
  Figure layers(Slice slice) {
    QueryResult data = study.ask("layers", slice.parameters());
    int last = lastLayer(slice, data);
    Map<String, List<LayerChart.Bar>> panels =
        byComponent(
            data.records().stream(),
            row -> {
              OptionalDouble mean = row.number("mean_effect");
              return new LayerChart.Bar(
                  SiteNames.layers(row, last),
                  mean,
                  low(row),
                  high(row),
                  OptionalDouble.empty(),
                  mean.isPresent() ? "" : missing.ofLayer(row));
            });
    String title = "Which layers matter? " + slice;
    return figure(
        slice.id("layers"),
        title,
        "Bars are mean effects over pairs (means of ratios); whiskers are "
            + intervalName()
            + ". Where a layer has several sites (heads, positions, labels, source positions), a pair's effect is the"
            + " mean over them. 100% is the whole difference between clean and corrupted. Below zero, the patch"
            + " makes it worse. Hatched rows have no effect to rank: what they say is so by"
            + " construction, or could not be measured.",
        LayerChart.draw(slice.id("layers"), title, "mean effect, with " + intervalName(), panels),
        "layers",
        slice.parameters(),
        data);
  }

  /** The last layer of the model as far as the rows of a slice say it: windows end there. */
  private int lastLayer(Slice slice, QueryResult layers) {
    return study.facts().sweepsOfAllLayers().contains(slice.sweep())
        ? layers.records().stream()
            .mapToInt(row -> row.integer("layer").orElse(0))
            .max()
            .orElse(Integer.MAX_VALUE)
        : Integer.MAX_VALUE;
  }

  /**
   * Layer x position, label or entry of a pattern: a figure a component; none where all positions
   * are patched at once.
   */
  List<Figure> positionMaps(Slice slice) {
    QueryResult data = study.ask("heatmap-layer-position", slice.parameters());
    Map<Integer, String> tokens = positionTokens();
    List<String> labels = study.facts().labels().getOrDefault(slice.sweep(), List.of());
    return heatMaps(
        slice,
        data,
        "heatmap-layer-position",
        "Where in the prompt?",
        new Columns(
            "Columns are positions, with the clean token that is most frequent there, or labels; of"
                + " entries of attention patterns the position that attends <- the source position.",
            row -> SiteNames.column(row, tokens),
            Comparator.comparingInt(
                    (QueryResult.Row row) -> row.integer("position").orElse(Integer.MAX_VALUE))
                .thenComparing(row -> labels.indexOf(row.name("position_label")))
                .thenComparing(row -> row.name("position_label"))
                .thenComparing(row -> row.integer("source_position").orElse(-1))));
  }

  /**
   * The columns of a heat map.
   *
   * @param are what they are, a sentence
   * @param name of a row's column; empty where the row has no place in the map
   */
  private record Columns(
      String are, Function<QueryResult.Row, String> name, Comparator<QueryResult.Row> order) {
    /** The names, each once, in order. */
    List<String> names(Stream<QueryResult.Row> rows) {
      return rows.sorted(order).map(name).distinct().toList();
    }

    boolean hold(QueryResult.Row row) {
      return !name.apply(row).isEmpty();
    }
  }

  /** Layer x head: a figure a component; none where no head is patched by itself. */
  List<Figure> headMaps(Slice slice) {
    QueryResult data = study.ask("heatmap-layer-head", slice.parameters());
    return heatMaps(
        slice,
        data,
        "heatmap-layer-head",
        "Which heads?",
        new Columns(
            "Columns are heads.",
            row -> row.name("head"),
            Comparator.comparingInt(row -> row.integer("head").orElse(-1))));
  }

  /**
   * What stands at a position in at least half of the pairs; otherwise how many different tokens.
   */
  private Map<Integer, String> positionTokens() {
    Map<Integer, String> tokens = new HashMap<>();
    for (QueryResult.Row row : study.ask("position-tokens", Map.of()).records()) {
      tokens.put(
          row.integer("position").orElse(0),
          2 * row.count("n") >= row.count("pairs")
              ? row.name("token")
              : "(" + row.count("tokens") + " tokens)");
    }
    return tokens;
  }

  private List<Figure> heatMaps(
      Slice slice, QueryResult data, String query, String question, Columns columns) {
    Map<String, List<QueryResult.Row>> components =
        new TreeMap<>(byComponent(data.records().stream(), row -> row));
    if (components.isEmpty()) {
      return List.of();
    }
    // One scale for all components, so that their colours can be compared.
    DivergingScale scale =
        DivergingScale.of(
            data.records().stream().flatMapToDouble(row -> row.number("mean_effect").stream()));
    List<Figure> figures = new ArrayList<>();
    components.forEach(
        (component, rows) -> {
          String id = slice.id(query + "-" + SiteNames.idOf(component));
          String title = question + " " + component + ", " + slice;
          Map<String, String> parameters =
              new TreeMap<>(slice.parameters("component", rows.get(0).name("component")));
          rows.get(0).text("receiver").ifPresent(name -> parameters.put("receiver", name));
          figures.add(
              figure(
                  id,
                  title,
                  columns.are()
                      + " Colours are mean effects over pairs, blue above zero, red below; numbers"
                      + " are percent. Hatched fields have no effect to rank.",
                  heatMap(
                      id,
                      title,
                      rows,
                      missing.sitesWithout(slice, component).stream()
                          .filter(columns::hold)
                          .toList(),
                      columns,
                      scale),
                  query,
                  parameters,
                  new QueryResult(
                      data.columns(), rows.stream().map(QueryResult.Row::values).toList())));
        });
    return figures;
  }

  private String heatMap(
      String id,
      String title,
      List<QueryResult.Row> rows,
      List<QueryResult.Row> sitesWithout,
      Columns columns,
      DivergingScale scale) {
    List<Integer> layers =
        Stream.concat(rows.stream(), sitesWithout.stream())
            .map(row -> row.integer("layer").orElse(0))
            .sorted()
            .distinct()
            .toList();
    List<String> names = columns.names(Stream.concat(rows.stream(), sitesWithout.stream()));
    Map<Integer, OptionalDouble> fields = new HashMap<>();
    ToIntFunction<QueryResult.Row> place =
        row ->
            layers.indexOf(row.integer("layer").orElse(0)) * names.size()
                + names.indexOf(columns.name().apply(row));
    sitesWithout.forEach(row -> fields.put(place.applyAsInt(row), OptionalDouble.empty()));
    rows.forEach(row -> fields.put(place.applyAsInt(row), row.number("mean_effect")));
    return HeatMap.draw(
        id, title, layers.stream().map("Layer %2d"::formatted).toList(), names, fields, scale);
  }

  /** The sites with the largest mean effect. */
  Optional<Figure> topSites(Slice slice) {
    Map<String, String> parameters = slice.parameters("top", Integer.toString(TOP_SITES));
    QueryResult all = study.ask("top-sites", parameters);
    QueryResult data =
        new QueryResult(all.columns(), all.rows().stream().limit(TOP_SITES).toList());
    List<SiteChart.Site> sites =
        data.records().stream()
            .filter(row -> row.number("mean_effect").isPresent())
            .map(row -> site(row, "mean_effect", low(row), high(row)))
            .toList();
    if (sites.isEmpty()) {
      return Optional.empty();
    }
    String title = "The sites with the largest mean effect: " + slice;
    String ties =
        all.rows().size() > TOP_SITES
            ? " %d more sites share the last rank.".formatted(all.rows().size() - TOP_SITES)
            : "";
    return Optional.of(
        figure(
            slice.id("top-sites"),
            title,
            "Points are mean effects, whiskers "
                + intervalName()
                + ". Sites that are so by construction are not ranked. The first of many is partly"
                + " luck: look at q_value, which counts how many sites were looked at."
                + ties,
            SiteChart.draw(slice.id("top-sites"), title, sites, Text::percent),
            "top-sites",
            parameters,
            data));
  }

  private static SiteChart.Site site(
      QueryResult.Row row, String mean, OptionalDouble low, OptionalDouble high) {
    return new SiteChart.Site(SiteNames.site(row), row.number(mean).orElse(0), low, high);
  }

  /** What ablations change, a figure a sweep and metric; none in a study without ablations. */
  List<Figure> changes() {
    QueryResult all = study.ask("changes", Map.of());
    Map<List<String>, List<QueryResult.Row>> bySlice =
        all.records().stream()
            .collect(
                Collectors.groupingBy(
                    row -> List.of(row.name("sweep"), row.name("metric")),
                    LinkedHashMap::new,
                    Collectors.toList()));
    List<Figure> figures = new ArrayList<>();
    bySlice.forEach(
        (slice, rows) -> {
          List<SiteChart.Site> sites =
              rows.stream()
                  .limit(TOP_SITES)
                  .map(row -> site(row, "mean_change", row.number("low"), row.number("high")))
                  .toList();
          String id = "changes-" + (figures.size() + 1);
          String title =
              "What does the ablation change? %s: %s".formatted(slice.get(0), slice.get(1));
          figures.add(
              figure(
                  id,
                  title,
                  "Mean of patched - clean over pairs, in the metric's own unit, with 1.96 standard errors;"
                      + " the %d sites with the largest change. The clean prompts have a mean of %s."
                          .formatted(
                              sites.size(),
                              Text.number(rows.get(0).number("average_clean").orElse(0))),
                  SiteChart.draw(id, title, sites, Text::number),
                  "changes",
                  Map.of("sweep", slice.get(0), "metric", slice.get(1)),
                  new QueryResult(
                      all.columns(), rows.stream().map(QueryResult.Row::values).toList())));
        });
    return figures;
  }

  /** Histograms of all measured effects. */
  Optional<Figure> distribution(Slice slice) {
    QueryResult data = study.ask("distribution", slice.parameters());
    Map<String, List<Histogram.Bin>> panels =
        byComponent(
            data.records().stream(),
            row ->
                new Histogram.Bin(
                    row.number("low").orElse(0),
                    row.number("high").orElse(0),
                    row.count("measurements")));
    if (panels.isEmpty()) {
      return Optional.empty();
    }
    String title = "How are the effects distributed? " + slice;
    return Optional.of(
        figure(
            slice.id("distribution"),
            title,
            "Each measured effect of each pair, site by site. What lies beyond the ends is in the"
                + " outer bins.",
            Histogram.draw(slice.id("distribution"), title, panels),
            "distribution",
            slice.parameters(),
            data));
  }

  /**
   * The guide's experiment: one pair's effects, beside the mean over all pairs. Empty where the
   * sweep patches no site at all positions and heads.
   */
  Optional<Figure> onePair(Slice slice, String pairId) {
    Map<String, String> parameters = slice.parameters("pair_id", pairId);
    QueryResult data = study.ask("pair", parameters);
    QueryResult layers = study.ask("layers", slice.parameters());
    int last = lastLayer(slice, layers);
    Map<List<Object>, QueryResult.Row> means =
        layers.records().stream()
            .collect(Collectors.toMap(Figures::layerKey, row -> row, (one, other) -> one));
    Map<String, List<LayerChart.Bar>> panels =
        byComponent(
            data.records().stream().filter(Figures::wholeLayer),
            row -> bar(row, last, Optional.ofNullable(means.get(layerKey(row)))));
    if (panels.isEmpty()) {
      return Optional.empty();
    }
    String title = "One pair beside all pairs: " + pairId + ", " + slice;
    return Optional.of(
        figure(
            slice.id("pair"),
            title,
            "Diamonds are the effects that this one pair shows, as the guide's chart and the command"
                + " patch print them. Bars are means over all pairs, whiskers their "
                + intervalName()
                + ": a diamond far outside of them says something of the pair, not of the model.",
            LayerChart.draw(
                slice.id("pair"),
                title,
                "diamond: this pair; bar: mean effect of all pairs",
                panels),
            "pair",
            parameters,
            data));
  }

  /** Of one pair, beside the mean over all. */
  private LayerChart.Bar bar(QueryResult.Row row, int last, Optional<QueryResult.Row> mean) {
    boolean counts = row.name("status").equals("ok");
    return new LayerChart.Bar(
        SiteNames.layers(row, last),
        mean.filter(m -> counts).map(m -> m.number("mean_effect")).orElse(OptionalDouble.empty()),
        mean.map(this::low).orElse(OptionalDouble.empty()),
        mean.map(this::high).orElse(OptionalDouble.empty()),
        row.number("effect"),
        counts ? "" : row.name("status").replace('_', ' '));
  }

  private static <T> Map<String, List<T>> byComponent(
      Stream<QueryResult.Row> rows, Function<QueryResult.Row, T> drawn) {
    return rows.collect(
        Collectors.groupingBy(
            SiteNames::component,
            LinkedHashMap::new,
            Collectors.mapping(drawn, Collectors.toList())));
  }

  private static boolean wholeLayer(QueryResult.Row row) {
    return row.integer("head").isEmpty()
        && row.integer("position").isEmpty()
        && row.text("position_label").isEmpty()
        && row.integer("source_position").isEmpty();
  }

  private static List<Object> layerKey(QueryResult.Row row) {
    return List.of(
        SiteNames.component(row), row.integer("layer").orElse(0), row.integer("window").orElse(1));
  }

  /** A figure that is a table alone. */
  Figure table(String query, String title, String caption, Map<String, String> given) {
    QueryResult data = study.ask(query, given);
    return new Figure(query, title, caption, Optional.empty(), query, given, data);
  }

  Figure table(String query, String title, String caption) {
    return table(query, title, caption, Map.of());
  }

  private static Figure figure(
      String id,
      String title,
      String caption,
      String svg,
      String query,
      Map<String, String> parameters,
      QueryResult data) {
    return new Figure(id, title, caption, Optional.of(svg), query, parameters, data);
  }

  /** How a number of this study is said, with the first of its top sites; empty without any. */
  Optional<String> exampleSentence(Slice slice) {
    return study.ask("top-sites", slice.parameters("top", "1")).records().stream()
        .findFirst()
        .map(
            row ->
                "patching %s (%s) has a mean effect of %s under %s over n = %s pairs (%s %s; mean of ratios%s)"
                    .formatted(
                        SiteNames.site(row),
                        slice.direction(),
                        Text.percent(row.number("mean_effect")),
                        slice.metric(),
                        Text.count(row.count("n")),
                        bootstrapped() ? "95% bootstrap interval" : "95% t interval",
                        Text.interval(low(row), high(row)),
                        row.number("q_value").isPresent()
                            ? "; sign-flip permutation test, q = "
                                + Text.number(row.number("q_value").getAsDouble())
                                + " after Benjamini-Hochberg"
                            : ""));
  }
}
