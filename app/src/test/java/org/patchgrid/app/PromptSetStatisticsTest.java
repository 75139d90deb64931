package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.store.FaultFileSystem;

/** Studies whose cells need to know the whole prompt set, by the command {@code run}. */
class PromptSetStatisticsTest {
  private static final Path MODEL = SmallStudy.root().resolve("data/models/atlas-6l");

  /** The sample deviation of {@code noise-sd.csv}, made in double precision by another program. */
  private static final double GOLDEN_DEVIATION = 0.09120430682526769;

  private static final Pattern MEAN =
      Pattern.compile("atlas-6l,(?<component>[^,]+),(?<layer>\\d+),,(?<sum>[^,]+),(?<norm>[^,]+)");

  private static final String EVERYTHING =
      """
      sweeps {
        noise { components = [mlp], layers = [0, 3], corruption = noise { label = subject, samples = 3 } }
        mean  { components = [mlp, self_attn], value = mean }
        label { components = [mlp], layers = [1], value = mean, mean-over = label, positions { labels = [subject] } }
      }
      """;

  @TempDir private Path directory = Path.of("");

  @Test
  void deviationAndMeansAreThoseOfTheGoldens() throws IOException {
    Path out = directory.resolve("out");
    String study = study(Goldens.lines("atlas-6l.prompts.jsonl"), EVERYTHING);
    assertThat(SmallStudy.run(study, out, "--master", "local[2]").exitCode()).isZero();

    JsonNode content = content(out);
    assertThat(content.path("deviations").path("subject").asDouble())
        .isCloseTo(GOLDEN_DEVIATION, within(1e-15));
    Map<String, JsonNode> means = new HashMap<>();
    content
        .path("means")
        .forEach(
            mean -> {
              if (mean.path("over").asText().equals("ALL")) {
                means.put(mean.path("component").asText() + mean.path("layer").asInt(), mean);
              }
            });
    int compared = 0;
    for (String line : Goldens.lines("atlas-6l.ablation-means.csv")) {
      Matcher golden = MEAN.matcher(line);
      if (golden.matches()) {
        JsonNode values =
            Objects.requireNonNull(means.get(golden.group("component") + golden.group("layer")))
                .path("values");
        double sum = 0;
        double squares = 0;
        for (JsonNode value : values) {
          sum += value.asDouble();
          squares += value.asDouble() * value.asDouble();
        }
        assertThat(sum).isCloseTo(Double.parseDouble(golden.group("sum")), within(1e-4));
        assertThat(Math.sqrt(squares))
            .isCloseTo(Double.parseDouble(golden.group("norm")), within(1e-4));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(12);
  }

  /** 89 pairs are six blocks, which two threads finish in any order, or die between. */
  @Test
  void bytesDoNotDependOnWhoAddsUpNorOnDeathsInBetween() throws IOException, InterruptedException {
    List<String> prompts =
        Files.readAllLines(SmallStudy.root().resolve("data/prompts/capitals.jsonl"));
    String study = study(prompts, EVERYTHING);
    Path one = directory.resolve("one");
    String[] alone = inSmallTasks(study, one.toString(), "local[1]");
    try (ChildJvm child = ChildJvm.start(Files.createDirectory(directory.resolve("jvm")), alone)) {
      Ended ended = child.await();
      assertThat(ended.exitCode()).as(ended.errors()).isZero();
    }
    assertThat(Ended.inProcess("status", one.toString()).output().lines())
        .as("the stage loads the model, and the tasks find it there")
        .contains("model loads      1 in 1 runs");
    Map<String, String> expected = SmallStudy.hashes(one);
    assertThat(expected).hasSizeGreaterThan(2);

    Path two = directory.resolve("two");
    Path amongBlocks = directory.resolve("among-blocks");
    killed(study, amongBlocks, "status .*/study[.]conf", 4);
    Path beforeTheName = directory.resolve("before-the-name");
    killed(study, beforeTheName, "rename .*/stages/prompt-set[.]json", 1);
    for (Path out : List.of(two, amongBlocks, beforeTheName)) {
      assertThat(out.resolve("stages/prompt-set.json")).doesNotExist();
      Ended resumed = Ended.inProcess(inSmallTasks(study, out.toString(), "local[2]"));
      assertThat(resumed.exitCode()).as(resumed.errors()).isZero();
      assertThat(out.resolve("stages/prompt-set.json"))
          .hasSameTextualContentAs(one.resolve("stages/prompt-set.json"));
      assertThat(SmallStudy.hashes(out)).isEqualTo(expected);
    }
  }

  private static String[] inSmallTasks(String study, String out, String master, String... more) {
    return Stream.concat(
            Stream.of("run", study, "--out", out, "--master", master),
            Stream.concat(Stream.of("--set", "execution.task-seconds=0.1"), Stream.of(more)))
        .toArray(String[]::new);
  }

  /** Ends the process of a run at a call of the file system. */
  private void killed(String study, Path out, String call, int at)
      throws IOException, InterruptedException {
    String name = out.getFileName().toString();
    String[] arguments =
        inSmallTasks(
            study,
            "fault://" + name + out,
            "local[2]",
            FaultFileSystem.arguments(FaultFileSystem.Kind.HALT, call, "fault.at=" + at)
                .toArray(String[]::new));
    try (ChildJvm child =
        ChildJvm.start(Files.createDirectory(directory.resolve("jvm-" + name)), arguments)) {
      Ended ended = child.await();
      assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(FaultFileSystem.KILLED);
    }
  }

  @Test
  void aChangedFileIsNoticed() throws IOException {
    Path out = directory.resolve("out");
    String study = study(Goldens.lines("atlas-6l.prompts.jsonl"), EVERYTHING);
    SmallStudy.run(study, out, "--master", "local[2]");
    Path file = out.resolve("stages/prompt-set.json");
    String text = Files.readString(file);
    assertThat(Ended.inProcess("verify", out.toString()).exitCode()).isZero();

    Files.writeString(file, text.replaceFirst("0\\.0912", "0.0913"));
    Ended changed = Ended.inProcess("verify", out.toString());
    assertThat(changed.exitCode()).isNotZero();
    assertThat(changed.output() + changed.errors()).contains("stages/prompt-set.json: was changed");
    Files.delete(file);
    Ended missing = Ended.inProcess("verify", out.toString());
    assertThat(missing.output() + missing.errors()).contains("stages/prompt-set.json: is missing");
  }

  @Test
  void withoutACorruptedPromptNothingIsComparedWithIt()
      throws IOException, SQLException, InterruptedException {
    List<String> prompts =
        List.of(
            """
            {"id": "a", "clean": "The capital of France is", "answer": " Paris", "foil": "auto", "labels": {"subject": {"clean": "France"}}}\
            """,
            """
            {"id": "b", "clean": "The capital of Italy is", "answer": " Rome", "labels": {"subject": {"clean": "Italy"}}}\
            """);
    String study =
        study(
            prompts,
            """
            sweeps {
              noise { components = [output], layers = [0], positions = last, corruption = noise { label = subject } }
              zero  { components = [mlp], value = zero }
            }
            metrics = [answer_prob, kl, logit_diff]
            """);
    Path out = directory.resolve("out");
    Ended run = SmallStudy.run(study, out, "--master", "local[2]");
    assertThat(run.exitCode()).as(run.errors()).isZero();
    assertThat(
            rows(
                out,
                "cells",
                "sweep || ' ' || status || ' ' || (corrupted IS NULL) || (recovery IS NULL)"
                    + " || (effect IS NULL) || (patched IS NULL)"))
        .containsExactlyInAnyOrder(
            "noise ok falsefalsefalsefalse", "zero no_baseline truetruetruefalse");
    assertThat(
            rows(
                out,
                "pairs",
                "status || (corrupted IS NULL) || len(corrupted_tokens) || (corrupted_top1 IS NULL)"
                    + " || (clean_top1 IS NULL) || ' ' || reason"))
        .containsExactly("oktrue0truefalse no foil: no rows for logit_diff");

    try (ChildJvm report = ChildJvm.start(directory, "report", out.toString())) {
      Ended ended = report.await();
      assertThat(ended.exitCode()).as(ended.errors()).isZero();
    }
    assertThat(Files.readString(out.resolve("report.html")))
        .contains(">What does the ablation change? zero: kl<", "href=\"#changes\"");
    Path figures = directory.resolve("figures");
    try (ChildJvm export =
        ChildJvm.start(directory, "export", out.toString(), "--figures", figures.toString())) {
      Ended ended = export.await();
      assertThat(ended.exitCode()).as(ended.errors()).isZero();
    }
    assertThat(figures.resolve("changes-1.png")).exists();

    String both = study(prompts, "sweep { components = [mlp] }");
    Path none = directory.resolve("none");
    assertThat(SmallStudy.run(both, none, "--master", "local[2]").exitCode())
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(rows(none, "pairs", "status || ': ' || reason"))
        .containsExactly(
            "invalid: sweep 'default' needs a run of a corrupted prompt, and the pair has none; give"
                + " one, or use corruption = noise, or value = zero or mean");
  }

  @Test
  void whatThereIsNoStatisticOfEndsInOneLine() throws IOException {
    List<String> prompts =
        List.of(
            "{\"clean\": \"The capital of France is\"}", "{\"clean\": \"People in France speak\"}");
    Ended lengths =
        SmallStudy.run(
            study(prompts, "sweep { components = [mlp], value = mean, mean-over = position }"),
            directory.resolve("a"),
            "--master",
            "local[2]");
    assertThat(lengths.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(lengths.errors())
        .contains("Cannot take a mean for each position: prompts have from 5 to 6 tokens;");
    Ended planned =
        Ended.inProcess(
            "plan",
            study(prompts, "sweep { components = [mlp], value = mean, mean-over = position }"));
    assertThat(planned.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(planned.errors()).isEqualTo(lengths.errors());
    Ended label =
        SmallStudy.run(
            study(prompts, "sweep { components = [mlp], corruption = noise { label = subject } }"),
            directory.resolve("b"),
            "--master",
            "local[2]");
    assertThat(label.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(label.errors()).contains("Cannot scale the noise on label 'subject': no pair");
  }

  private String study(List<String> prompts, String sweeps) throws IOException {
    Path file = Files.createTempFile(directory, "prompts", ".jsonl");
    Files.write(file, prompts);
    return Files.writeString(
            Files.createTempFile(directory, "study", ".conf"),
            """
            study   { id = "statistics" }
            model   { path = "%s" }
            prompts { path = "%s" }
            metrics = [kl]
            """
                    .formatted(MODEL, file)
                + sweeps)
        .toString();
  }

  private static JsonNode content(Path out) throws IOException {
    return JsonMapper.builder()
        .build()
        .readTree(out.resolve("stages/prompt-set.json").toFile())
        .path("content");
  }

  private static List<String> rows(Path out, String table, String expression) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT %s FROM read_parquet('%s/%s/*.parquet')"
                    .formatted(expression, out, table))) {
      while (row.next()) {
        rows.add(row.getString(1));
      }
    }
    return rows;
  }
}
