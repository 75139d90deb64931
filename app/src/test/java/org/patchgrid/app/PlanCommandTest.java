package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
  @Test
  void saysHowMuchMemoryAnExecutorNeeds(@TempDir Path directory) throws IOException {
    Ended plan = Ended.inProcess("plan", SmallStudy.write(directory).toString());
    assertThat(plan.exitCode()).isZero();
    assertThat(plan.output().lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(
                        "memory               \\d+ MB an executor beside Java's heap:"
                            + " \\d+ MB weights, \\d+ MB tokenizer, \\d+ MB for each task at once"));
  }

  @Test
  void saysWhichWeightsTheExecutorsOfAHostShare(@TempDir Path directory) throws IOException {
    String study = SmallStudy.write(directory).toString();
    Ended plan = Ended.inProcess("plan", study, "--set", "execution.kernel=plain");
    assertThat(plan.exitCode()).as(plan.errors()).isZero();
    assertThat(plan.output().lines())
        .anyMatch(
            line ->
                line.matches(
                    "memory +(\\d+) MB an executor .* for each task at once; on a cluster the"
                        + " executors of a host share one copy of \\d+ MB of the weights, so that"
                        + " each but the first adds \\d+ MB"));
  }

  @Test
  void listsWhatWillBeSkippedAndCountsWhatWillNot(@TempDir Path directory) throws IOException {
    Ended plan = Ended.inProcess("plan", SmallStudy.write(directory).toString());
    assertThat(plan.output().lines())
        .contains(
            "pairs                7",
            "skipped              1 pair: length_mismatch 1",
            "tokens a prompt      10.0 (mean of 6 pairs)",
            "cells                240"); // 4 sites at each of 60 tokens
  }

  @Test
  void looksAtEveryPairWhereAsked(@TempDir Path directory) throws IOException {
    String study = SmallStudy.write(directory).toString();
    Path prompts = directory.resolve("prompts.jsonl");
    List<String> pairs = Files.readAllLines(prompts);
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      for (String pair : pairs) {
        many.add(pair.replaceFirst("\"id\": \"", "\"id\": \"" + i + "-"));
      }
    }
    Files.write(prompts, many);
    assertThat(Ended.inProcess("plan", study).output())
        .containsPattern(
            "skipped +about \\d+ pairs \\(estimated; of 256 sampled pairs: length_mismatch \\d+\\)\n")
        .containsPattern("tokens a prompt +[0-9.]+ \\(mean of \\d+ sampled pairs\\)\n")
        .containsPattern("cells +[0-9,]+ \\(estimated\\)\n");
    Ended exact = Ended.inProcess("plan", study, "--exact");
    assertThat(exact.output().lines())
        .contains(
            "skipped              50 pairs: length_mismatch 50",
            "tokens a prompt      10.0 (mean of 300 pairs)",
            "cells                12,000");
    assertThat(exact.output().lines().filter(line -> line.startsWith("tasks ")))
        .as("the same cut")
        .containsExactlyElementsOf(
            Ended.inProcess("plan", study)
                .output()
                .lines()
                .filter(line -> line.startsWith("tasks "))
                .toList());
  }
}
