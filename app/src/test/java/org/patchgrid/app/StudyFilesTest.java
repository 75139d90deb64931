package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.conf.ScreenConfig;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyConfigReader;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.conf.SweepConfig;
import org.patchgrid.metric.Metric;
import org.patchgrid.report.StudyFacts;
import org.patchgrid.results.StudyFiles;

/**
 * Every file of {@code conf/studies} on the first of its pairs, by the command {@code run}: all of
 * its sites on atlas-6l, two layers of the real model.
 */
class StudyFilesTest {
  private static final int PAIRS = 4;

  /** An early layer and a late one: where S2 is read, and where the answer is written. */
  private static final String LAYERS_OF_THE_REAL_MODEL = "[0, 23]";

  private static final Path STUDIES = SmallStudy.root().resolve("conf/studies");
  private static final String OF_THE_REAL_MODEL = "indirect-objects-smollm2.conf";

  @TempDir private Path directory = Path.of("");

  static List<String> studies() throws IOException {
    try (Stream<Path> files = Files.list(STUDIES)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.equals(OF_THE_REAL_MODEL))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("studies")
  void runsAndEverySweepSaysSomething(String name) throws IOException, SQLException {
    Path file = STUDIES.resolve(name);
    StudyConfig study =
        StudyConfigReader.read(
            file.toString(),
            Files.readString(file),
            new StudyOverrides(List.of(), Optional.empty()));
    Path out = out();
    Ended run = SmallStudy.run(file.toString(), out, settings(study));
    assertThat(run.exitCode()).as(run.errors()).isIn(ExitCode.DONE, ExitCode.INCOMPLETE);
    Ended verify = Ended.inProcess("verify", out.toString());
    assertThat(verify.exitCode()).as(verify.errors()).isEqualTo(ExitCode.DONE);

    // What the report is made of, read by a reader of its own.
    assertThat(StudyFacts.read(new StudyFiles(out)).metrics())
        .isEqualTo(study.metrics().stream().map(Metric::label).toList());

    assertThat(answers(out, "SELECT DISTINCT status FROM cells"))
        .isSubsetOf("ok", "by_construction", "degenerate_baseline");
    assertThat(answers(out, "SELECT DISTINCT sweep FROM cells WHERE status = 'ok' AND effect <> 0"))
        .containsExactlyInAnyOrderElementsOf(
            study.sweeps().stream().flatMap(StudyFilesTest::names).toList());
    assertThat(answers(out, "SELECT DISTINCT metric FROM cells WHERE status = 'ok'"))
        .containsExactlyInAnyOrderElementsOf(study.metrics().stream().map(Metric::label).toList());
    assertThat(answers(out, "SELECT status FROM pairs"))
        .as("pairs: %s", run.errors())
        .hasSize(Math.min(PAIRS, lines(study).size()))
        .contains("ok")
        .isSubsetOf("ok", "wrong_prediction");
  }

  /** As the table has them. */
  private static Stream<String> names(SweepConfig sweep) {
    String name = sweep.name();
    return sweep.screen().isEmpty()
        ? Stream.of(name)
        : Stream.of(name, ScreenConfig.estimates(name), ScreenConfig.sampled(name));
  }

  /** Also what its comment says: nothing before the word that differs can have an effect. */
  @Test
  void inTheStudyOfTheRealModelTheNamesBeforeTheGiverDoExactlyNothing()
      throws IOException, SQLException {
    runsAndEverySweepSaysSomething(OF_THE_REAL_MODEL);
    assertThat(
            answers(
                out(),
                """
                SELECT DISTINCT
                  patched = CASE direction WHEN 'denoising' THEN corrupted ELSE clean END
                FROM cells WHERE sweep = 'words' AND position_label IN ('S1', 'IO')
                """))
        .containsExactly("true");
    assertThat(
            answers(
                out(),
                """
                SELECT DISTINCT direction || ' ' || status || ' ' || recovery FROM cells
                WHERE component = 'resid_pre' AND layer = 0 AND position_label = 'S2'
                """))
        .containsExactlyInAnyOrder("denoising by_construction 1.0", "noising by_construction 0.0");
  }

  private Path out() {
    return directory.resolve("out");
  }

  private static List<String> lines(StudyConfig study) throws IOException {
    return Files.readAllLines(SmallStudy.root().resolve(study.prompts().path()));
  }

  /** The study's first pairs, and paths that hold wherever a test runs. */
  private String[] settings(StudyConfig study) throws IOException {
    List<String> first = lines(study).stream().limit(PAIRS).toList();
    Path prompts = Files.write(directory.resolve("prompts.jsonl"), first);
    List<String> settings = new ArrayList<>(List.of("prompts.path=" + prompts));
    String model = study.model().path();
    if (model.startsWith("data/models/")) {
      settings.add("model.path=" + SmallStudy.root().resolve(model));
    } else {
      String realModel = System.getProperty("patchgrid.real-model", "");
      assumeThat(realModel)
          .as("patchgrid.real-model names a directory that bin/get-smollm2 has filled")
          .isNotEmpty();
      settings.add("model.path=" + realModel);
      for (SweepConfig sweep : study.sweeps()) {
        boolean only = sweep.name().equals(SweepConfig.DEFAULT_NAME);
        settings.add(
            (only ? "sweep" : "sweeps." + sweep.name()) + ".layers=" + LAYERS_OF_THE_REAL_MODEL);
      }
    }
    return settings.stream().flatMap(setting -> Stream.of("--set", setting)).toArray(String[]::new);
  }

  private static List<String> answers(Path out, String sql) throws SQLException {
    List<String> answers = new ArrayList<>();
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement()) {
      for (String table : List.of("cells", "pairs")) {
        statement.execute(
            "CREATE VIEW " + table + " AS FROM '" + out.resolve(table) + "/*.parquet'");
      }
      try (var found = statement.executeQuery(sql)) {
        while (found.next()) {
          answers.add(found.getString(1));
        }
      }
    }
    return answers;
  }
}
