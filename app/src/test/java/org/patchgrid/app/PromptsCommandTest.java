package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code prompts check} and {@code prompts make}. */
class PromptsCommandTest {
  private static final String ATLAS = SmallStudy.root().resolve("data/models/atlas-6l").toString();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  PromptsCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void theTableSaysWhatIsWrongWithEachPair() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("p.jsonl"),
            """
            {"id": "good", "clean": "The capital of France is", "corrupted": "The capital of Italy is", "answer": " Paris", "foil": " Rome", "labels": {"subject": {"clean": "France", "corrupted": "Italy"}}}
            {"id": "turned", "clean": "The capital of France is", "corrupted": "The capital of Italy is", "answers": [" Rome", " Berlin", " Madrid", " Oslo"], "foil": "auto"}
            {"id": "long", "clean": "The capital of France is", "corrupted": "People in Germany speak"}
            {"id": "two", "clean": "The capital of France is", "corrupted": "The capital of Italy is", "answer": " Paris Rome"}
            {"id": "same", "clean": "The capital of France is", "corrupted": "The capital of France is"}
            """);
    Ended check = prompts("check", file.toString(), "--model", ATLAS);
    assertThat(check.exitCode()).as(check.errors()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(check.errors()).isEqualTo(file + " read as Patchgrid\n");
    assertThat(check.output().lines().map(line -> line.replaceAll(" {2,}", "  ").strip()))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "pair  status  tokens  differs  answer  foil  clean top-1  corrupted top-1"),
            line ->
                assertThat(line)
                    .matches(
                        "good  ok  6  4  ĠParis \\(\\d+\\)  ĠRome \\(\\d+\\)  ĠParis [01]\\.\\d{3}  answer  ĠRome [01]\\.\\d{3}  foil"),
            line ->
                assertThat(line)
                    .matches(
                        "turned  ok  6  4  ĠRome \\(\\d+\\) ĠBerlin \\(\\d+\\) ĠMadrid \\(\\d+\\) and 1 more  ĠRome \\(\\d+\\)  ĠParis [01]\\.\\d{3}  not answer  ĠRome [01]\\.\\d{3}  foil"),
            line -> assertThat(line).isEqualTo("long  length_mismatch  6/5  1  -  -  -  -"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "clean has 6 tokens, corrupted 5; reword one prompt so that both have equally many"),
            line -> assertThat(line).isEqualTo("two  answer_not_one_token  6  4  -  -  -  -"),
            line ->
                assertThat(line).startsWith("answer \" Paris Rome\" continues the clean prompt"),
            line ->
                assertThat(line)
                    .matches("same  ok  6  -  -  -  ĠParis [01]\\.\\d{3}  ĠParis [01]\\.\\d{3}"),
            line ->
                assertThat(line)
                    .isEqualTo("pairs by status  ok 3, length_mismatch 1, answer_not_one_token 1"),
            line -> assertThat(line).isEqualTo("clean top-1 an answer  1 of 2"),
            line -> assertThat(line).isEqualTo("corrupted top-1 a foil 2 of 2"),
            line ->
                assertThat(line).isEqualTo("prompts that are equal 1: no patch can change them"));
  }

  /** The same runs as a study's: what {@code run} stores, and what {@code patch} measures. */
  @Test
  void predictionsAreThoseOfAStudy() throws IOException {
    Path study = SmallStudy.write(directory);
    Path out = directory.resolve("out");
    assertThat(
            SmallStudy.run(study.toString(), out, "--set", "execution.sites-per-task=100")
                .exitCode())
        .isEqualTo(ExitCode.INCOMPLETE);
    String file = directory.resolve("prompts.jsonl").toString();
    Ended check = prompts("check", file, "--model", ATLAS, "--format", "json");
    assertThat(check.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    List<JsonNode> rows = check.output().lines().map(PromptsCommandTest::json).toList();
    assertThat(rows).hasSize(7);
    List<String> stored = new ArrayList<>();
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement();
        var found =
            statement.executeQuery(
                "select pair_id, status, first_difference, answer_id, clean_top1, corrupted_top1"
                    + " from '"
                    + out
                    + "/pairs/*.parquet'")) {
      while (found.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
          cells.add(String.valueOf(found.getString(i)));
        }
        stored.add(String.join(" ", cells));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    assertThat(
            rows.stream()
                .map(
                    row ->
                        Stream.of(
                                row.get("pair_id"),
                                row.get("status"),
                                row.get("first_difference"),
                                row.path("answer_ids").path(0),
                                row.get("clean_top1"),
                                row.get("corrupted_top1"))
                            .map(cell -> cell.isMissingNode() ? "null" : cell.asText())
                            .toList())
                .map(cells -> String.join(" ", cells)))
        .containsExactlyInAnyOrderElementsOf(stored);
    JsonNode first = rows.get(0);
    Ended patch =
        Ended.inProcess(
            "patch",
            "--model",
            ATLAS,
            "--clean",
            first.get("clean").asText(),
            "--corrupted",
            first.get("corrupted").asText(),
            "--metrics",
            "answer_prob",
            "--layers",
            "[0]",
            "--format",
            "json");
    assertThat(patch.exitCode()).as(patch.errors()).isEqualTo(ExitCode.DONE);
    double probability =
        json(patch.output().lines().findFirst().orElseThrow()).get("clean").asDouble();
    assertThat(first.get("clean_top1_prob").asDouble()).isCloseTo(probability, within(1e-6));
  }

  @Test
  void csvHasTheSameColumns() throws IOException {
    String file = SmallStudy.root().resolve("data/prompts/guide.jsonl").toString();
    JsonNode json = json(prompts("check", file, "--model", ATLAS, "--format", "json").output());
    Ended check = prompts("check", file, "--model", ATLAS, "--format", "csv");
    assertThat(check.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(check.errors()).contains("pairs by status        ok 1");
    List<CSVRecord> records =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(new StringReader(check.output()))
            .getRecords();
    assertThat(records).hasSize(1);
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    assertThat(records.get(0).toMap().keySet()).containsExactlyInAnyOrderElementsOf(names);
    assertThat(records.get(0).get("labels")).isEqualTo("{\"subject\":[1,2]}");
    assertThat(records.get(0).get("answer_ids")).isEqualTo("[]");
    assertThat(records.get(0).get("clean_top1")).isEqualTo(json.get("clean_top1").asText());
  }

  @Test
  void foreignFilesAreCheckedWithTheirKeys() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("rows.jsonl"),
            """
            {"prompt": "The capital of France is", "choices": [" Paris", " Rome"], "answerKey": 0, "a_counterfactual": {"prompt": "The capital of Italy is", "choices": [" Paris", " Rome"], "answerKey": 1}, "b_counterfactual": {"prompt": "The capital of Spain is", "choices": [" Paris", " Madrid"], "answerKey": 1}}
            """);
    Ended several = prompts("check", file.toString(), "--model", ATLAS);
    assertThat(several.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(several.errors())
        .isEqualTo(
            "patchgrid: "
                + file
                + ":1: there are several counterfactuals, a_counterfactual, b_counterfactual:"
                + " choose one by prompts.counterfactual\n");
    Ended one =
        prompts(
            "check",
            file.toString(),
            "--model",
            ATLAS,
            "--counterfactual",
            "b",
            "--format",
            "json");
    assertThat(one.exitCode()).as(one.errors()).isEqualTo(ExitCode.DONE);
    assertThat(one.errors())
        .startsWith(file + " read as MIB; corrupted prompts from b_counterfactual\n");
    assertThat(json(one.output()).get("corrupted_top1_token").asText()).isEqualTo("ĠMadrid");
    assertThat(json(one.output()).get("corrupted_top1_is_foil").asBoolean()).isTrue();
    Ended wrong = prompts("check", file.toString(), "--model", ATLAS, "--prompts-format", "eap-ig");
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(wrong.errors())
        .contains("this is not the format that prompts.format = eap-ig names");
  }

  @Test
  void aStudyRunsOnAForeignFileAndItsReadingIsPartOfTheFingerprint() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("ids.csv"),
            "clean,corrupted,corrupted_hard,correct_idx,incorrect_idx\n"
                + "The capital of France is,The capital of Italy is,The capital of Spain is,"
                + id(" Paris")
                + ","
                + id(" Rome")
                + "\n");
    Path study =
        Files.writeString(
            directory.resolve("study.conf"),
            """
            study { id = "foreign" }, model { path = "%s" }, prompts { path = "%s" }
            sweep { components = [mlp], layers = [0] }, metrics = [logit_diff]
            """
                .formatted(ATLAS, file));
    Path out = directory.resolve("out");
    Ended run = SmallStudy.run(study.toString(), out);
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(ExitCode.DONE);
    assertThat(Files.readString(out.resolve("study.conf"))).contains("format = auto");
    Ended other =
        SmallStudy.run(study.toString(), out, "--set", "prompts.counterfactual=corrupted_hard");
    assertThat(other.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(other.errors()).contains("prompts");
  }

  private String id(String answer) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("id.jsonl"),
            "{\"clean\": \"The capital of France is\", \"corrupted\": \"The capital of Italy is\","
                + " \"answer\": \""
                + answer
                + "\"}\n");
    return json(prompts("check", file.toString(), "--model", ATLAS, "--format", "json").output())
        .path("answer_ids")
        .path(0)
        .asText();
  }

  @ParameterizedTest
  @CsvSource({"ioi, s2-io", "ioi, abc", "ioi, random-names", "capitals,", "greater-than,"})
  void whatIsMadeForTheDemoModelPassesTheCheck(String task, String corruption) throws IOException {
    assertMadePairsPass(
        ATLAS, task, corruption == null ? List.of() : List.of("--corruption", corruption));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ioi", "capitals", "greater-than", "docstring"})
  void whatIsMadeForTheRealModelPassesTheCheck(String task) throws IOException {
    String model = System.getProperty("patchgrid.real-model", "");
    assumeThat(model)
        .as("patchgrid.real-model names a directory that bin/get-smollm2 has filled")
        .isNotEmpty();
    assertMadePairsPass(model, task, List.of());
  }

  private void assertMadePairsPass(String model, String task, List<String> more)
      throws IOException {
    Path file = directory.resolve("made.jsonl");
    List<String> arguments =
        new ArrayList<>(List.of("make", task, "--n", "30", "--seed", "4", "--model", model));
    arguments.addAll(more);
    Ended printed = prompts(arguments.toArray(String[]::new));
    assertThat(printed.exitCode()).as(printed.errors()).isEqualTo(ExitCode.DONE);
    arguments.addAll(List.of("--out", file.toString()));
    Ended made = prompts(arguments.toArray(String[]::new));
    assertThat(made.output()).isEqualTo("Prompts: " + file + "\n");
    assertThat(Files.readString(file)).isEqualTo(printed.output());
    for (String bos : List.of("tokenizer", "always", "never")) {
      Ended check = prompts("check", file.toString(), "--model", model, "--bos", bos);
      assertThat(check.exitCode()).as(check.output() + check.errors()).isEqualTo(ExitCode.DONE);
      assertThat(check.output()).contains("pairs by status        ok 30\n");
    }
    Ended again = prompts(arguments.toArray(String[]::new));
    assertThat(again.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(again.errors())
        .isEqualTo(
            "patchgrid: Cannot write '"
                + file
                + "': it is there already; remove it, or choose another --out\n");
  }

  @Test
  void mistakesAreOneLine() {
    assertMistake(
        "patchgrid: Missing required subcommand; see patchgrid prompts --help", List.of());
    assertMistake(
        "patchgrid: Unknown command 'chek': did you mean 'check'?; see patchgrid prompts --help",
        List.of("chek"));
    assertMistake(
        "patchgrid: Invalid value for positional parameter at index 0 (TASK): 'iou' is not one of"
            + " ioi, capitals, greater-than, docstring; did you mean 'ioi'?; see patchgrid prompts make --help",
        List.of("make", "iou", "--n", "1", "--model", ATLAS));
    assertMistake(
        "patchgrid: --n is 0: it must be from 1 to 1,000,000",
        List.of("make", "ioi", "--n", "0", "--model", ATLAS));
    assertMistake(
        "patchgrid: --corruption is for ioi: leave it out for capitals",
        List.of("make", "capitals", "--n", "1", "--model", ATLAS, "--corruption", "abc"));
    Path text = directory.resolve("made.txt");
    assertMistake(
        "patchgrid: Cannot write '" + text + "': name it .jsonl, by which a study knows what it is",
        List.of("make", "ioi", "--n", "1", "--model", ATLAS, "--out", text.toString()));
    assertMistake(
        "patchgrid: --bos often: prompts.bos: 'often' is not one of tokenizer, always, never",
        List.of("check", "p.jsonl", "--model", ATLAS, "--bos", "often"));
    Path none = directory.resolve("none.jsonl");
    assertMistake(
        "patchgrid: Cannot read prompts " + none + ": there is no such file; check prompts.path",
        List.of("check", none.toString(), "--model", ATLAS));
  }

  private static void assertMistake(String line, List<String> arguments) {
    Ended ended = prompts(arguments.toArray(String[]::new));
    assertThat(ended.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(ended.errors()).isEqualTo(line + "\n");
  }

  private static Ended prompts(String... arguments) {
    return Ended.inProcess(
        Stream.concat(Stream.of("prompts"), Stream.of(arguments)).toArray(String[]::new));
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
