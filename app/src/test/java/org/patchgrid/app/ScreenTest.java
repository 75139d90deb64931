package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A screened study beside the same one without a screen, by the commands: what is there is the same
 * to the bit, and what is there is what the screen should have chosen.
 */
class ScreenTest {
  private static final int PAIRS = 12;

  private static final String STUDY =
      """
      study   { id = "screen" }
      model   { path = "%s" }
      prompts { path = "%s" }
      sweeps  {
        places { directions = [denoising, noising], components = [self_attn.z, mlp, output], heads = each, positions = { labels = [subject, last] }, %s }
        other  { components = [self_attn] }
      }
      metrics = [logit_diff, kl]
      execution { pairs-per-task = 5, sites-per-task = 40 }
      """;

  private static final String KEY =
      "pair_id, direction, component, layer, head, position_label, metric";

  @TempDir private static Path directory = Path.of("");

  private static Path screened() {
    return directory.resolve("screened");
  }

  private static Path whole() {
    return directory.resolve("whole");
  }

  private static Path estimates() {
    return directory.resolve("estimates");
  }

  @BeforeAll
  static void run() throws IOException {
    List<String> prompts =
        Files.readAllLines(SmallStudy.root().resolve("data/prompts/capitals.jsonl")).stream()
            .limit(PAIRS)
            .toList();
    Files.write(directory.resolve("prompts.jsonl"), prompts);
    run(screened(), screen(), "local[2]");
    run(whole(), "value = activation", "local[2]");
    run(estimates(), "value = attribution", "local[2]");
  }

  private static String screen() {
    return "screen { top = 10%, sample = 25% }";
  }

  private static Ended run(Path out, String more, String master, String... options)
      throws IOException {
    Path study =
        Files.writeString(
            directory.resolve(out.getFileName() + ".conf"),
            STUDY.formatted(
                SmallStudy.root().resolve("data/models/atlas-6l"),
                directory.resolve("prompts.jsonl"),
                more));
    Ended run =
        SmallStudy.run(
            study.toString(),
            out,
            Stream.concat(Stream.of("--master", master), Stream.of(options))
                .toArray(String[]::new));
    assertThat(run.exitCode()).as(run.errors()).isZero();
    return run;
  }

  @Test
  void itsRowsAreThoseOfTheWholeStudyToTheBit() throws SQLException {
    String sql =
        """
        SELECT s.sweep, count(*), count(o.patched IS NOT DISTINCT FROM s.patched OR NULL),
          count(o.status = s.status OR NULL)
        FROM screened s JOIN %s o ON %s
        WHERE s.sweep IN (%s) AND o.sweep = 'places' GROUP BY ALL ORDER BY ALL
        """;
    String same =
        Stream.of(KEY.split(", ", -1))
            .map("o.%1$s IS NOT DISTINCT FROM s.%1$s"::formatted)
            .reduce((one, more) -> one + " AND " + more)
            .orElseThrow();
    long all = 96 * 2 * 2;
    assertThat(answers(sql.formatted("whole", same, "'places.sample'")))
        .containsExactly("places.sample|%1$d|%1$d|%1$d".formatted(3 * all));
    assertThat(answers(sql.formatted("estimates", same, "'places.screen'")))
        .containsExactly("places.screen|%1$d|%1$d|%1$d".formatted(PAIRS * all));
    long kept = PAIRS * kept() * 2;
    assertThat(answers(sql.formatted("whole", same, "'places'")))
        .containsExactly("places|%1$d|%1$d|%1$d".formatted(kept));
    assertThat(
            answers(
                "SELECT count(*) FROM screened WHERE sweep = 'other' UNION ALL SELECT count(*) FROM whole WHERE sweep = 'other'"))
        .containsExactly("144", "144");
  }

  private static long kept() throws SQLException {
    return Long.parseLong(
        answers(
                "SELECT count(*) FROM (SELECT DISTINCT direction, component, layer, head, position_label FROM screened WHERE sweep = 'places')")
            .get(0));
  }

  /** The ranking, by another engine and from the other study. */
  @Test
  void itMeasuresThePlacesWithTheLargestEstimates() throws SQLException {
    String ranked =
        """
        WITH scores AS (
          SELECT direction, component, layer, head, position_label,
            avg(abs(patched - CASE direction WHEN 'denoising' THEN corrupted ELSE clean END)) AS score
          FROM estimates
          WHERE sweep = 'places' AND metric = 'logit_diff' AND status <> 'by_construction'
          GROUP BY ALL
        ), ranks AS (
          SELECT *, row_number() OVER (PARTITION BY direction ORDER BY score DESC) AS place,
            count(*) OVER (PARTITION BY direction) AS places
          FROM scores
        )
        SELECT direction, component, layer, head, position_label FROM ranks
        WHERE place <= ceil(places / 10) ORDER BY ALL
        """;
    List<String> expected = answers(ranked);
    assertThat(expected).hasSize(2 * 10); // of 95: one of the 96 is so by construction
    assertThat(
            answers(
                "SELECT DISTINCT direction, component, layer, head, position_label FROM screened WHERE sweep = 'places' ORDER BY ALL"))
        .isEqualTo(expected);
  }

  @Test
  void bytesDoNotDependOnMasterOrResume() throws IOException {
    Map<String, String> hashes = SmallStudy.hashes(screened());
    Path one = directory.resolve("one");
    run(one, screen(), "local[1]");
    assertThat(SmallStudy.hashes(one)).isEqualTo(hashes);
    assertThat(one.resolve("stages/screen.json"))
        .hasSameTextualContentAs(screened().resolve("stages/screen.json"));

    // As if it had been killed after the estimates, and after some of what they chose.
    for (int left : List.of(0, 3)) {
      Path killed = directory.resolve("killed" + left);
      copyUntil(screened(), killed, left);
      run(killed, screen(), "local[2]");
      assertThat(SmallStudy.hashes(killed)).isEqualTo(hashes);
      assertThat(killed.resolve("stages/screen.json"))
          .hasSameTextualContentAs(screened().resolve("stages/screen.json"));
    }
  }

  /** The files of estimates and so many others, unlisted; the ranking if there are others. */
  private static void copyUntil(Path from, Path to, int others) throws IOException {
    for (String folder : List.of("cells", "pairs", "manifest", "stages")) {
      Files.createDirectories(to.resolve(folder));
    }
    Files.copy(from.resolve("manifest/study.json"), to.resolve("manifest/study.json"));
    if (others > 0) {
      Files.copy(from.resolve("stages/screen.json"), to.resolve("stages/screen.json"));
    }
    for (String table : List.of("pairs", "cells")) {
      int copied = 0;
      for (Path file : SmallStudy.files(from.resolve(table))) {
        int task = Integer.parseInt(file.getFileName().toString().replaceAll("\\D", ""));
        boolean estimates = task % 15 < 5;
        if (estimates || copied++ < others) {
          Files.copy(file, to.resolve(table).resolve(file.getFileName()));
        }
      }
    }
  }

  @Test
  void aChangedRankingIsNoticed() throws IOException {
    Path copy = directory.resolve("changed");
    run(copy, screen(), "local[2]");
    Path file = copy.resolve("stages/screen.json");
    JsonNode content =
        JsonMapper.builder().build().readTree(file.toFile()).path("content").path("choices");
    assertThat(content).hasSize(2);
    assertThat(Ended.inProcess("verify", copy.toString()).exitCode()).isZero();

    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"score\":\\d", "\"score\":9"));
    Ended changed = Ended.inProcess("verify", copy.toString());
    assertThat(changed.exitCode()).isNotZero();
    assertThat(changed.output() + changed.errors()).contains("stages/screen.json: was changed");
    Files.delete(file);
    Ended missing = Ended.inProcess("verify", copy.toString());
    assertThat(missing.output() + missing.errors()).contains("stages/screen.json: is missing");
  }

  @Test
  void theReportSaysHowGoodTheScreenWas() throws IOException, InterruptedException {
    Ended export = command("export", screened().toString(), "--query", "screen", "--format", "csv");
    assertThat(export.exitCode()).as(export.errors()).isZero();
    List<String> lines = export.output().lines().toList();
    assertThat(lines).hasSize(1 + 2 + 1); // kl has no estimates when noising
    assertThat(lines.get(0)).startsWith("sweep,direction,metric,places,kept,sampled_pairs,");
    assertThat(lines.get(1)).startsWith("places,denoising,kl,95,10,3,");
    assertThat(lines.get(2)).startsWith("places,denoising,logit_diff,95,10,3,");
    assertThat(lines.get(3)).startsWith("places,noising,logit_diff,95,10,3,");
    double correlation = Double.parseDouble(lines.get(2).split(",", -1)[7]);
    assertThat(correlation).isBetween(0.7, 1.0);

    assertThat(report(screened()))
        .contains(">How good was the screen?<", ">What did the screen miss?<", "rank_correlation");
    assertThat(report(whole())).doesNotContain(">How good was the screen?<");
  }

  private static String report(Path study) throws IOException, InterruptedException {
    Ended report = command("report", study.toString());
    assertThat(report.exitCode()).as(report.errors()).isZero();
    return Files.readString(study.resolve("report.html"));
  }

  /** With the project's files at hand, as the launcher starts it. */
  private static Ended command(String... arguments) throws IOException, InterruptedException {
    try (ChildJvm command = ChildJvm.start(directory, arguments)) {
      return command.await();
    }
  }

  @Test
  void withoutAnEstimateThereIsNothingToScreen() throws IOException {
    Path prompts =
        Files.writeString(
            directory.resolve("no-answer.jsonl"),
            """
            {"clean": "The capital of France is", "corrupted": "The capital of Italy is"}
            {"clean": "The capital of Spain is", "corrupted": "The capital of Italy is"}
            """);
    Path study =
        Files.writeString(
            directory.resolve("no-answer.conf"),
            """
            study   { id = "none" }
            model   { path = "%s" }
            prompts { path = "%s" }
            sweep   { components = [mlp], screen { metric = logit_diff } }
            metrics = [logit_diff]
            """
                .formatted(SmallStudy.root().resolve("data/models/atlas-6l"), prompts));
    Ended run = SmallStudy.run(study.toString(), directory.resolve("none"), "--master", "local[2]");
    assertThat(run.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(run.errors())
        .contains("Cannot screen sweep 'default': no pair has an estimate of logit_diff;");
  }

  private static List<String> answers(String sql) throws SQLException {
    List<String> answers = new ArrayList<>();
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement()) {
      for (Path study : List.of(screened(), whole(), estimates())) {
        statement.execute(
            "CREATE VIEW %s AS FROM '%s/cells/*.parquet'".formatted(study.getFileName(), study));
      }
      try (var found = statement.executeQuery(sql)) {
        while (found.next()) {
          List<String> fields = new ArrayList<>();
          for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
            fields.add(String.valueOf(found.getString(i)));
          }
          answers.add(String.join("|", fields));
        }
      }
    }
    return answers;
  }
}
