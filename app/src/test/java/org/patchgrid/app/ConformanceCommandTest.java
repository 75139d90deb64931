package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code conformance}. */
class ConformanceCommandTest {
  private static final Path FAMILIES =
      SmallStudy.root().resolve("model-runtime/src/test/resources/families");
  private static final String ATLAS = SmallStudy.root().resolve("data/models/atlas-6l").toString();
  private static final String SAME =
      """
      {"id": "same", "clean": "The capital of France is", "corrupted": "The capital of France is"}
      """;

  private final Path directory;

  ConformanceCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static Stream<String> families() {
    return Stream.of("gemma2-bf16", "gptj-f32", "neox-parallel-f16", "olmo2-f32", "qwen3-bf16");
  }

  @ParameterizedTest
  @MethodSource("families")
  void whatMustHoldOnAnyModelHoldsOnThisOne(String family) throws IOException {
    JsonNode pair =
        new ObjectMapper()
            .readTree(FAMILIES.resolve(family).resolve("golden.json").toFile())
            .get("patching");
    Ended conformance =
        Ended.inProcess(
            "conformance",
            "--model",
            FAMILIES.resolve(family).toString(),
            "--clean",
            pair.get("clean_text").asText(),
            "--corrupted",
            pair.get("corrupted_text").asText());
    assertThat(conformance.exitCode())
        .as(conformance.output() + conformance.errors())
        .isEqualTo(ExitCode.DONE);
    assertThat(conformance.output().lines())
        .anyMatch(line -> line.startsWith("ok     both engines agree"))
        .anyMatch(line -> line.startsWith("ok     components that determine each other coincide"))
        .anyMatch(line -> line.startsWith("ok     a run patched with itself does not change"))
        .noneMatch(line -> line.startsWith("FAILED"))
        .endsWith("all identities hold");
  }

  @Test
  void aPromptSetIsCheckedAndWhatCannotBeUsedIsListed() throws IOException {
    Path prompts = prompts();
    Files.writeString(prompts, Files.readString(prompts) + SAME);
    Ended all = Ended.inProcess("conformance", "--model", ATLAS, "--prompts", prompts.toString());
    assertThat(all.exitCode()).as(all.output() + all.errors()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(all.output().lines())
        .contains(
            "prompts    " + prompts + " read as Patchgrid, 3 of 3 pairs",
            "skipped    unequal: clean has 6 tokens, corrupted 5; reword one prompt so that both have equally many",
            "skipped    same: both prompts are the same tokens, so no patch has work to do")
        .anyMatch(line -> line.matches("ok     the last state is made of numbers .* in 1 comp.*"))
        .noneMatch(line -> line.startsWith("FAILED"))
        .endsWith("all identities hold");
    Ended some =
        Ended.inProcess(
            "conformance", "--model", ATLAS, "--prompts", prompts.toString(), "--pairs", "1");
    assertThat(some.exitCode()).as(some.output() + some.errors()).isEqualTo(ExitCode.DONE);
    assertThat(some.output().lines())
        .contains("prompts    " + prompts + " read as Patchgrid, 1 of 3 pairs")
        .anyMatch(line -> line.matches("ok     the last state is made of numbers .* in 1 comp.*"));
  }

  @Test
  void promptsThatCannotBeUsedAreRefused() throws IOException {
    Path prompts = Files.writeString(directory.resolve("prompts.jsonl"), SAME);
    assertRefused("Cannot use any of the 1 pairs of " + prompts, "--prompts", prompts.toString());
    assertRefused(
        "--prompts takes the place of --clean and --corrupted",
        "--prompts",
        prompts.toString(),
        "--clean",
        "a");
    assertRefused(
        "--pairs must be at least 1, not 0", "--prompts", prompts.toString(), "--pairs", "0");
  }

  @Test
  @EnabledOnOs(
      value = OS.LINUX,
      architectures = "amd64",
      disabledReason = "one wrong bit is found only where the kernel promises bits")
  void anEngineThatComputesWronglyFails() throws IOException, InterruptedException {
    Path prompts = prompts();
    try (ChildJvm child =
        ChildJvm.onClassPath(
            FaultyEngine.classPath(directory),
            Files.createDirectory(directory.resolve("jvm")),
            "conformance",
            "--model",
            ATLAS,
            "--prompts",
            prompts.toString())) {
      Ended conformance = child.await();
      assertThat(conformance.exitCode())
          .as(conformance.output() + conformance.errors())
          .isEqualTo(ExitCode.INCOMPLETE);
      assertThat(conformance.output().lines().filter(line -> line.startsWith("FAILED")))
          .singleElement()
          .asString()
          .startsWith("FAILED both engines agree")
          .contains("allowed 0 ")
          .endsWith(", the largest on pair '" + FaultyEngine.PAIR + "'");
      assertThat(conformance.output())
          .endsWith("1 identity does not hold: trust no result of this model here\n");
    }
  }

  /** Two pairs of the small study: the one that a faulty engine gets wrong, and an unequal one. */
  private Path prompts() throws IOException {
    SmallStudy.write(directory);
    Path prompts = directory.resolve("prompts.jsonl");
    return Files.write(
        prompts,
        Files.readAllLines(prompts).stream()
            .filter(line -> line.contains(FaultyEngine.PAIR) || line.contains("unequal"))
            .sorted()
            .toList());
  }

  private static void assertRefused(String why, String... options) {
    Ended refused =
        Ended.inProcess(
            Stream.concat(Stream.of("conformance", "--model", ATLAS), Stream.of(options))
                .toArray(String[]::new));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(refused.errors()).contains(why);
    assertThat(refused.errors().lines()).hasSize(1);
  }
}
