package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the two commands that look at results say of a study with one skipped pair. */
class StatusAndVerifyTest {
  private static final List<String> PROMPTS =
      List.of(
          "{\"clean\": \"The capital of France is\", \"corrupted\": \"The capital of Italy is\"}",
          "{\"clean\": \"\", \"corrupted\": \"The capital of Italy is\"}");

  @TempDir private Path directory = Path.of("");
  private String out = "";

  @BeforeEach
  void runStudy() throws IOException {
    Path prompts = Files.write(directory.resolve("prompts.jsonl"), PROMPTS);
    Path study =
        Files.writeString(
            directory.resolve("study.conf"),
            """
            study   { id = "small" }
            model   { path = "%s" }
            prompts { path = "%s" }
            sweep   { components = [mlp] }
            """
                .formatted(SmallStudy.root().resolve("data/models/atlas-6l"), prompts));
    out = directory.resolve("out").toString();
    Ended run = Ended.inProcess("run", study.toString(), "--out", out, "--master", "local[1]");
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(ExitCode.INCOMPLETE);
  }

  @Test
  void statusForPeople() {
    Ended status = Ended.inProcess("status", out);
    assertThat(status.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(status.output().lines().toList())
        .hasSize(10)
        .contains(
            "study            small",
            "tasks done       1 of 1",
            "cells            6",
            "cells failed     0",
            "cells audited    1, all agreed",
            "rows by status   ok 6",
            "pairs by status  invalid 1, ok 1")
        .anyMatch(line -> line.startsWith("last run         complete, exit code 3, "));
  }

  @Test
  void statusForPrograms() throws IOException {
    JsonNode json =
        JsonMapper.builder()
            .build()
            .readTree(Ended.inProcess("status", out, "--format", "json").output());
    assertThat(json.path("tasks").asInt()).isEqualTo(1);
    assertThat(json.path("tasks_done").asInt()).isEqualTo(1);
    assertThat(json.path("cells_audited").asInt()).isEqualTo(1);
    assertThat(json.path("pairs").path("invalid").asInt()).isEqualTo(1);
    assertThat(json.path("exit_code").asInt()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(Ended.inProcess("status", out, "--format", "csv").output().lines())
        .contains("name,value", "study_id,small", "rows.ok,6", "pairs.invalid,1", "exit_code,3");
  }

  @Test
  void aScreenSaysHowFarItIsFromFloat32() throws IOException {
    String screen = directory.resolve("screen").toString();
    Ended run =
        Ended.inProcess(
            "run",
            directory.resolve("study.conf").toString(),
            "--out",
            screen,
            "--master",
            "local[1]",
            "--set",
            "model.dtype=bfloat16");
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(ExitCode.INCOMPLETE);
    List<String> manifest = new ArrayList<>();
    try (DirectoryStream<Path> lists =
        Files.newDirectoryStream(Path.of(screen, "manifest"), "*.jsonl")) {
      for (Path list : lists) {
        manifest.addAll(Files.readAllLines(list));
      }
    }
    assertThat(String.join("\n", manifest))
        .containsPattern(
            "\"auditedCells\":4,.*\"recoveryErrors\":\\{\"l2\":\\{\"rows\":4,\"mean\":0\\.0[0-9]+,\"largest\":0\\.0[0-9]+\\}\\}");
    assertThat(Ended.inProcess("status", screen).output())
        .containsPattern(
            "error of l2      recovery within 0\\.0\\d+ of float32, 0\\.0\\d+ on average, in 4 audited rows");
    assertThat(Ended.inProcess("status", screen, "--format", "csv").output())
        .contains("\nrecovery_errors.l2.rows,4\n");
  }

  /** As a study says that was begun on one kind of processor and resumed on another. */
  @Test
  void verifySaysWhatWasComputedWhere() throws IOException {
    assertThat(Ended.inProcess("verify", out).output())
        .containsPattern("\ncomputed with pytorch \\S+ \\S+ float32 \\w+ on \\S+.*: 1 tasks\n");
    String moved = directory.resolve("moved").toString();
    Ended.inProcess(
        "run",
        directory.resolve("study.conf").toString(),
        "--out",
        moved,
        "--master",
        "local[1]",
        "--set",
        "execution.pairs-per-task=1",
        "--set",
        "execution.sites-per-task=2");
    try (DirectoryStream<Path> lists =
        Files.newDirectoryStream(Path.of(moved, "manifest"), "*.jsonl")) {
      for (Path list : lists) {
        Files.writeString(
            list,
            Files.readString(list)
                .replaceAll("(\"task\":2,.*\"processor\":\")[^\"]*", "$1x86_64 OtherVendor avx2"));
      }
    }
    Ended verified = Ended.inProcess("verify", moved);
    assertThat(verified.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(verified.output())
        .containsPattern(": 5 tasks \\(0-1, 3-5\\)\n")
        .contains(
            " on x86_64 OtherVendor avx2: 1 tasks (2)\n",
            "processors of several kinds computed this study: the last bits of its numbers may depend on which\n");
  }

  @Test
  void verifyNamesWhatIsDamagedAndWhatIsMissing() throws IOException {
    assertThat(Ended.inProcess("verify", out).exitCode()).isEqualTo(ExitCode.DONE);
    Path cells = SmallStudy.files(Path.of(out, "cells")).get(0);
    long bytes = Files.size(cells);
    Files.writeString(cells, "x", StandardOpenOption.APPEND);
    Files.delete(SmallStudy.files(Path.of(out, "pairs")).get(0));

    Ended verified = Ended.inProcess("verify", out);
    assertThat(verified.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(verified.output().lines())
        .contains(
            "MISSING pairs/%s: is listed but missing".formatted(cells.getFileName()),
            "DAMAGED cells/%s: has %d bytes, the manifest says %d"
                .formatted(cells.getFileName(), bytes + 1, bytes),
            "this study is damaged: restore the files from a copy, or run it again with another"
                + " --out");
  }
}
