package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A study that measures what some kinds of golden files hold: those of the same pairs and metrics,
 * so that every row of its table has a golden value; or of all pairs, where values depend on them.
 */
final class GoldenStudy {
  /** Small tasks: two cores share the work, and little is lost when a campaign stops. */
  private static final String STUDY =
      """
      study   { id = "%s" }
      model   { path = "%s" }
      prompts { path = "%s", on-error = fail }
      sweeps {
      %s}
      metrics = %s
      execution { task-seconds = 1 }
      """;

  private final String model;
  private final String layers;
  private final Set<String> pairs;
  private final Set<String> metrics;
  private final boolean ofPromptSet;
  private final List<GoldenKind> kinds = new ArrayList<>();
  private final Map<GoldenKey, GoldenValues> rows = new LinkedHashMap<>();

  private GoldenStudy(
      String model, String layers, Set<String> pairs, Set<String> metrics, boolean ofPromptSet) {
    this.model = model;
    this.layers = layers;
    this.pairs = pairs;
    this.metrics = metrics;
    this.ofPromptSet = ofPromptSet;
  }

  /** Studies of all golden rows of a model. */
  static List<GoldenStudy> whole(Goldens goldens) {
    return studies(goldens, "all", key -> true);
  }

  /** Studies of the golden rows of some layers. */
  static List<GoldenStudy> ofLayers(Goldens goldens, Set<Integer> layers) {
    return studies(goldens, new TreeSet<>(layers).toString(), key -> layers.contains(key.layer()));
  }

  private static List<GoldenStudy> studies(
      Goldens goldens, String layers, Predicate<GoldenKey> chosen) {
    Map<List<Object>, GoldenStudy> studies = new LinkedHashMap<>();
    goldens
        .kinds()
        .forEach(
            (kind, rows) -> {
              Set<String> pairs = new TreeSet<>();
              Set<String> metrics = new TreeSet<>();
              for (GoldenKey key : rows.keySet()) {
                pairs.add(key.pair());
                metrics.add(key.metric());
              }
              studies
                  .computeIfAbsent(
                      List.of(pairs, metrics, kind.isOfPromptSet()),
                      absent ->
                          new GoldenStudy(
                              goldens.model(), layers, pairs, metrics, kind.isOfPromptSet()))
                  .add(kind, rows, chosen);
            });
    return List.copyOf(studies.values());
  }

  private void add(
      GoldenKind kind, Map<GoldenKey, GoldenValues> added, Predicate<GoldenKey> chosen) {
    kinds.add(kind);
    added.forEach(
        (key, values) -> {
          if (chosen.test(key) && rows.put(key, values) != null) {
            throw new IllegalStateException("In two kinds of files: " + key);
          }
        });
  }

  int rows() {
    return rows.size();
  }

  /**
   * Runs the study and compares both tables with the goldens: no row more, no row less.
   *
   * @param directory where study file, prompts and results go; a run goes on where an earlier one
   *     into the same directory ended
   * @param checkpoint directory of the model
   * @param options of the command {@code run}
   */
  void assertReproduced(Path directory, Path checkpoint, String... options) throws IOException {
    Path out = run(directory, checkpoint, options);
    Map<String, GoldenPair> expectedPairs = GoldenPair.expected(model);
    expectedPairs.keySet().retainAll(pairs);
    Map<String, GoldenPair> measuredPairs = GoldenPair.measured(out);
    if (ofPromptSet) {
      measuredPairs.keySet().retainAll(pairs);
    }
    assertThat(measuredPairs).isEqualTo(expectedPairs).hasSameSizeAs(pairs);
    GoldenComparison comparison = GoldenComparison.of(model, rows, out, pairs);
    System.out.println(model + " " + this + ": " + comparison.summary());
    assertThat(comparison.mismatches()).isEmpty();
    assertThat(comparison.compared()).isEqualTo(rows.size()).isPositive();
  }

  /** In this JVM, as a user would; returns the directory of the results. */
  private Path run(Path directory, Path checkpoint, String... options) throws IOException {
    String id = "goldens-" + model + "-" + kinds.get(0).label();
    Path prompts = directory.resolve(id + ".prompts.jsonl");
    Path study = directory.resolve(id + ".conf");
    Path out = directory.resolve(id);
    Files.createDirectories(directory);
    Files.write(prompts, prompts());
    Files.writeString(
        study,
        STUDY.formatted(
            id,
            checkpoint,
            prompts,
            kinds.stream().map(kind -> kind.sweeps(layers)).collect(Collectors.joining()),
            metrics));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("run", study.toString(), "--out", out.toString(), "--master", "local[2]"));
    arguments.addAll(List.of(options));
    Ended run = Ended.inProcess(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.output()).isEqualTo(ExitCode.DONE);
    return out;
  }

  private Collection<String> prompts() throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    List<String> chosen = new ArrayList<>();
    for (String line : Goldens.lines(model + ".prompts.jsonl")) {
      if (ofPromptSet || pairs.contains(json.readTree(line).path("id").asText())) {
        chosen.add(line);
      }
    }
    return chosen;
  }

  /** Names it in the list of tests. */
  @Override
  public String toString() {
    return kinds.stream().map(GoldenKind::label).collect(Collectors.joining(", "))
        + " of layers "
        + layers;
  }
}
