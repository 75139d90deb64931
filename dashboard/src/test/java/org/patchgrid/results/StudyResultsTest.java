package org.patchgrid.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.query.QueryFile;
import org.patchgrid.query.QueryParameter;
import org.patchgrid.study.PatchgridException;

class StudyResultsTest {
  private static QueryResult ask(StudyResults results, String query, Map<String, String> values)
      throws IOException {
    return results.run(QueryFile.named(GeneratedStudy.queries(), query), values);
  }

  private static StudyResults open(GeneratedStudy study) {
    return StudyResults.open(GeneratedStudy.views(), study.files(), Optional.empty());
  }

  @Test
  void withoutAggregatesStatisticsAreComputedFromCells(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    try (StudyResults results = open(study)) {
      assertThat(results.origin().kind()).isEqualTo(AggregateOrigin.Kind.COMPUTED);
      QueryResult.Row row =
          ask(
                  results,
                  "layers",
                  Map.of(
                      "direction",
                      "denoising",
                      "metric",
                      "l2",
                      "component",
                      "mlp",
                      "sweep",
                      "default"))
              .records()
              .get(0);
      SummaryStatistics expected = new SummaryStatistics();
      ask(
              results,
              "site-pairs",
              Map.of(
                  "direction",
                  "denoising",
                  "metric",
                  "l2",
                  "component",
                  "mlp",
                  "layer",
                  "0",
                  "sweep",
                  "default"))
          .records()
          .forEach(pair -> expected.addValue(pair.number("effect").orElseThrow()));
      assertThat(row.count("n")).isEqualTo(11).isEqualTo(expected.getN());
      assertThat(row.number("mean_effect").orElseThrow())
          .isCloseTo(expected.getMean(), within(1e-12));
      // Student's t of 0.975 with 10 degrees of freedom, from a printed table.
      double half = 2.228138852 * expected.getStandardDeviation() / Math.sqrt(11);
      assertThat(row.number("t_low").orElseThrow())
          .isCloseTo(expected.getMean() - half, within(1e-9));
      assertThat(row.number("bootstrap_low")).isEmpty();
    }
  }

  @Test
  void byConstructionHasNoMeanAndNoRank(@TempDir Path directory) throws IOException, SQLException {
    try (StudyResults results = open(GeneratedStudy.write(directory, "generated"))) {
      List<QueryResult.Row> output =
          ask(results, "layers", Map.of("component", "output")).records();
      assertThat(output)
          .hasSize(16)
          .allMatch(row -> row.number("mean_effect").isEmpty())
          .allMatch(row -> row.integer("rank").isEmpty());
      assertThat(ask(results, "top-sites", Map.of("top", "1000")).records())
          .isNotEmpty()
          .noneMatch(row -> row.text("component").orElse("").equals("output"));
      assertThat(
              ask(results, "statuses", Map.of("metric", "l2", "direction", "denoising")).records())
          .allMatch(row -> row.count("n_by_construction") == 11 && row.count("n") == 0)
          .hasSize(8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "pair-04; [[0, <|bos|>, null], [1, City, null], [2, Ġis, null], [3, Ġin, null]]",
        "pair-05; [[0, <|bos|>, <|bos|>], [1, City, Town], [2, Ġis, Ġis], [3, Ġin, Ġin], [4, Ġthe, Ġthe], [5, null, Ġold]]"
      })
  void aPairHasTheTokensThatItHasInFilesAndInMemory(
      String pair, String tokens, @TempDir Path directory) throws IOException, SQLException {
    try (StudyResults results = open(GeneratedStudy.write(directory, "generated"))) {
      Map<String, String> values = Map.of("pair_id", pair);
      assertThat(ask(results, "pair-tokens", values).rows()).hasToString(tokens);
      results.load();
      assertThat(ask(results, "pair-tokens", values).rows()).hasToString(tokens);
      assertThat(ask(results, "position-tokens", Map.of()).records())
          .hasSize(4)
          .allMatch(row -> row.count("pairs") == 11);
    }
  }

  /** Ids are those of all pairs, also of those that have no measurement or no tokens. */
  @Test
  void everyPairIsKnown(@TempDir Path directory) throws IOException, SQLException {
    try (StudyResults results = open(GeneratedStudy.write(directory, "generated"))) {
      results.execute(
          "CREATE OR REPLACE VIEW pairs AS SELECT * REPLACE (CAST([] AS VARCHAR[])"
              + " AS clean_token_texts, CAST([] AS VARCHAR[]) AS corrupted_token_texts) FROM read_parquet('"
              + directory.resolve("pairs")
              + "/*.parquet')");
      for (String query : List.of("pair-tokens", "pair")) {
        QueryFile file = QueryFile.named(GeneratedStudy.queries(), query);
        results.requireKnown(file, Map.of("pair_id", "pair-05"));
        assertThatThrownBy(() -> results.requireKnown(file, Map.of("pair_id", "pair-55")))
            .isInstanceOf(PatchgridException.class)
            .hasMessageStartingWith("The study has no pair_id 'pair-55'");
      }
    }
  }

  /** Without aggregates, which the test above says are made here. */
  @Test
  void entriesOfOnePatternAndPathsToSeveralReceiversAreSitesOfTheirOwn(@TempDir Path directory)
      throws IOException, SQLException {
    try (StudyResults results = open(GeneratedStudy.write(directory, "generated"))) {
      Map<String, String> slice = Map.of("direction", "denoising", "metric", "l2");
      assertThat(sites(results, "entries", "source_position"))
          .isEqualTo(Map.of("0", 32L, "1", 32L, "2", 32L));
      assertThat(sites(results, "paths", "receiver"))
          .isEqualTo(Map.of("final", 36L, "self_attn.q_proj@3.0", 36L));
      for (String sweep : List.of("entries", "paths")) {
        assertThat(
                ask(results, "sufficient-necessary", Map.of("sweep", sweep, "metric", "l2"))
                    .records())
            .isNotEmpty()
            .allSatisfy(
                row ->
                    assertThat(row.number("sufficiency").orElseThrow())
                        .isCloseTo(row.number("necessity").orElseThrow(), within(1e-12))
                        .isCloseTo(effectAt(results, row), within(1e-12)));
        assertThat(ask(results, "outlier-pairs", with(slice, "sweep", sweep)).records())
            .allMatch(row -> row.count("sites") == (sweep.equals("entries") ? 24 : 18));
      }
      assertThat(ask(results, "layers", with(slice, "sweep", "entries")).records())
          .hasSize(4)
          .allMatch(row -> row.count("sites") == 6);
      assertThat(ask(results, "layers", with(slice, "sweep", "paths")).records())
          .hasSize(12)
          .allMatch(row -> row.count("sites") == (row.name("component").equals("mlp") ? 1 : 2));
    }
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new TreeMap<>(some);
    all.put(name, value);
    return all;
  }

  /** In all directions and metrics, by what their rows have in the column. */
  private static Map<String, Long> sites(StudyResults results, String sweep, String column)
      throws IOException {
    return ask(results, "top-sites", Map.of("sweep", sweep, "top", "1000")).records().stream()
        .collect(Collectors.groupingBy(row -> row.name(column), Collectors.counting()));
  }

  /** The mean over pairs, of the rows that the site has by itself. */
  private static double effectAt(StudyResults results, QueryResult.Row site) {
    Map<String, String> values = new TreeMap<>(Map.of("direction", "denoising"));
    for (String name :
        List.of(
            "sweep",
            "metric",
            "component",
            "layer",
            "head",
            "position",
            "source_position",
            "receiver")) {
      site.text(name).ifPresent(value -> values.put(name, value));
    }
    try {
      return ask(results, "site-pairs", values).records().stream()
          .mapToDouble(pair -> pair.number("effect").orElseThrow())
          .average()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aggregatesAreStaleAsSoonAsMoreIsStored(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    study.addAggregates();
    try (StudyResults results = open(study)) {
      assertThat(results.origin().kind()).isEqualTo(AggregateOrigin.Kind.CURRENT);
      assertThat(results.origin().sentence()).contains("1000 bootstrap resamples");
      assertThat(ask(results, "layers", Map.of()).records().get(0).number("bootstrap_low"))
          .isPresent();
    }
    study.addTask();
    try (StudyResults results = open(study)) {
      assertThat(results.origin().kind()).isEqualTo(AggregateOrigin.Kind.STALE);
      assertThat(results.origin().sentence()).startsWith("Stale").contains("of 2 tasks");
    }
  }

  @Test
  void everyQueryRunsOnAStudyThatHasStoredNothingYet(@TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    for (String table : List.of("cells", "pairs")) {
      for (Path file : study.files().table(table)) {
        Files.delete(file);
      }
    }
    try (StudyResults results = open(study)) {
      results.load();
      for (QueryFile query : QueryFile.all(GeneratedStudy.queries())) {
        Map<String, String> required = new TreeMap<>();
        query.parameters().stream()
            .filter(parameter -> parameter.required())
            .forEach(parameter -> required.put(parameter.name(), "1"));
        assertThat(results.run(query, required).columns())
            .as(query.name())
            .hasSize(query.columns().size());
      }
    }
  }

  /**
   * Each question of cells, asked about sites of every sweep, before and after they are in memory.
   */
  @Test
  void tablesInMemoryGiveTheSameAnswers(@TempDir Path directory) throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    study.addAggregates();
    assertSameAnswersInMemory(study);
  }

  /** Of most studies some columns of texts are empty, and some texts are not ASCII. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM cells WHERE receiver IS NULL",
        "SELECT * FROM cells WHERE receiver IS NULL AND position_label IS NULL",
        "SELECT * REPLACE (pair_id || ' é😀 x' AS pair_id, position_label || '日本😀 x' AS"
            + " position_label) FROM cells"
      })
  void otherTextsInMemoryGiveTheSameAnswers(String cells, @TempDir Path directory)
      throws IOException, SQLException {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    study.changeCells(cells);
    study.addAggregates();
    assertSameAnswersInMemory(study);
  }

  private static void assertSameAnswersInMemory(GeneratedStudy study)
      throws IOException, SQLException {
    try (StudyResults files = open(study);
        StudyResults memory = open(study)) {
      memory.load();
      assertThat(memory.loaded()).isTrue();
      List<Map<String, String>> choices = choices(files);
      for (QueryFile query : QueryFile.all(GeneratedStudy.queries())) {
        if (!query.reads("cells")) {
          continue;
        }
        List<String> known = query.parameters().stream().map(QueryParameter::name).toList();
        for (Map<String, String> choice : choices) {
          Map<String, String> values = new TreeMap<>(choice);
          values.keySet().retainAll(known);
          // Sums of doubles depend in their last bits on which thread is first.
          assertThat(memory.run(query, values).rows())
              .as(query.name() + values)
              .usingRecursiveComparison()
              .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : 1, Double.class)
              .isEqualTo(files.run(query, values).rows());
        }
      }
    }
  }

  /**
   * All filters of a site of each sweep that is there, each of them left out, and each with an
   * unknown value.
   */
  private static List<Map<String, String>> choices(StudyResults results) throws IOException {
    Map<String, String> required = Map.of("pair_id", "pair-03", "component", "mlp", "layer", "2");
    List<Map<String, String>> choices = new ArrayList<>(List.of(required));
    for (String sweep : List.of("default", "positions", "heads", "entries", "paths")) {
      List<QueryResult.Row> sites =
          ask(results, "top-sites", Map.of("sweep", sweep, "metric", "l2")).records();
      if (sites.isEmpty()) {
        continue;
      }
      QueryResult.Row site = sites.get(0);
      Map<String, String> choice = new TreeMap<>(required);
      for (String name :
          List.of("sweep", "direction", "metric", "component", "position_label", "receiver")) {
        site.text(name).ifPresent(value -> choice.put(name, value));
      }
      for (String name : List.of("layer", "head", "position", "source_position")) {
        site.integer(name).ifPresent(value -> choice.put(name, Integer.toString(value)));
      }
      choices.add(choice);
      for (String name : choice.keySet()) {
        Map<String, String> changed = new TreeMap<>(choice);
        changed.put(name, "99");
        choices.add(Map.copyOf(changed));
        if (!required.containsKey(name)) {
          changed.remove(name);
          choices.add(changed);
        }
      }
    }
    return choices;
  }

  @Test
  void loadingEndsWithTheResults(@TempDir Path directory) throws IOException, SQLException {
    StudyResults results = open(GeneratedStudy.write(directory, "generated"));
    results.close();
    results.load();
    assertThat(results.loaded()).isFalse();
  }

  /** At whatever moment of the loading, its very end included. */
  @Test
  void resultsCloseWhileTheyAreLoaded(@TempDir Path directory) throws Exception {
    GeneratedStudy study = GeneratedStudy.write(directory, "generated");
    long begin = System.nanoTime();
    try (StudyResults whole = open(study)) {
      whole.load();
    }
    long loadingNanos = System.nanoTime() - begin;
    for (int moment = 0; moment <= 100; moment++) {
      StudyResults results = open(study);
      CompletableFuture<Void> loading = CompletableFuture.runAsync(results::load);
      TimeUnit.NANOSECONDS.sleep(loadingNanos * moment / 100);
      results.close();
      loading.get();
    }
  }

  @Test
  void aDirectoryWithSignsOfPatternsAndQuotesIsRead(@TempDir Path directory)
      throws IOException, SQLException {
    Path odd = Files.createDirectories(directory.resolve("it's [a] *study?"));
    GeneratedStudy study = GeneratedStudy.write(directory.resolve("plain"), "generated");
    try (var files = Files.walk(study.directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = odd.resolve(study.directory().relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    try (StudyResults results =
        StudyResults.open(GeneratedStudy.views(), new StudyFiles(odd), Optional.empty())) {
      assertThat(ask(results, "pairs", Map.of()).rows()).hasSize(12);
    }
  }
}
