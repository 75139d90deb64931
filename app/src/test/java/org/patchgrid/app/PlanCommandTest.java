package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /** Among many short prompts; a mean of 44 tokens would fill no wave so far. */
  @Test
  void countsTheMemoryOfTheLongestPrompt(@TempDir Path directory) throws IOException {
    String study = SmallStudy.write(directory).toString();
    Path prompts = directory.resolve("prompts.jsonl");
    String word = "Paris is the capital of France ";
    String line =
        "{\"id\": \"%s\", \"clean\": \"%s\", \"corrupted\": \"London%s\", \"answer\": \" Paris\"}";
    List<String> pairs = new ArrayList<>();
    for (int pair = 0; pair < 50; pair++) {
      String text = word.repeat(pair == 20 ? 300 : 1).strip();
      pairs.add(line.formatted("p" + pair, text, text.substring("Paris".length())));
    }
    Files.write(prompts, pairs);
    double ofAll = taskMegabytes(study);
    Files.write(prompts, pairs.subList(20, 21));
    assertThat(ofAll).isEqualTo(taskMegabytes(study)).isGreaterThan(100);
  }

  private static double taskMegabytes(String study) {
    Ended plan = Ended.inProcess("plan", study, "--set", "execution.pairs-per-task=1");
    Matcher matcher = Pattern.compile(", ([0-9,]+) MB for each task").matcher(plan.output());
    assertThat(matcher.find()).as(plan.output() + plan.errors()).isTrue();
    return Double.parseDouble(matcher.group(1).replace(",", ""));
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

  @Test
  void measuresHowLongTheStudyTakesHere(@TempDir Path directory) throws IOException {
    Ended plan = Ended.inProcess("plan", SmallStudy.write(directory).toString(), "--measure");
    assertThat(plan.exitCode()).as(plan.errors()).isZero();
    assertThat(plan.output())
        .containsPattern(
            "(?m)^time here +about [0-9.]+ s of one core, and [0-9.]+ s an executor to load the model"
                + " \\(measured: \\d pairs? in [0-9.]+ s\\)$");
    assertThat(directory.resolve("study")).as("nothing is stored").doesNotExist();
  }

  /** A load generator waits a quarter of a second at each of four cells of a pair. */
  @Test
  void countsThePairsThatCanBeUsed(@TempDir Path directory) throws IOException {
    Path prompts =
        Files.writeString(
            directory.resolve("prompts.jsonl"),
            """
            {"id": "a", "clean": "The capital of Rome is", "corrupted": "The capital of Oslo is"}
            {"id": "b", "clean": "The capital of Bonn is", "corrupted": "The capital of Oslo is"}
            {"id": "c", "clean": "The capital of Kiev is", "corrupted": "The capital of Oslo is"}
            {"id": "d", "clean": "The long capital of Kiev is", "corrupted": "Oslo is"}
            """);
    Path study =
        Files.writeString(
            directory.resolve("study.conf"),
            """
            study { id = "simulated:timed" }
            model { path = "simulated:layers=2,heads=2,d-model=8,microseconds=250000" }
            prompts { path = "%s" }
            sweep { components = [mlp, self_attn] }
            metrics = [l2]
            execution { pairs-per-task = 1 }
            """
                .formatted(prompts));
    Ended plan = Ended.inProcess("plan", study.toString(), "--measure");
    assertThat(plan.exitCode()).as(plan.errors()).isZero();
    Matcher time =
        Pattern.compile("about ([0-9.]+) s of .* \\(measured: 1 pair in ([0-9.]+) s\\)")
            .matcher(plan.output());
    assertThat(time.find()).as(plan.output()).isTrue();
    double onePair = Double.parseDouble(time.group(2));
    assertThat(onePair).isGreaterThanOrEqualTo(1);
    assertThat(Double.parseDouble(time.group(1)) / onePair).isCloseTo(3, within(0.15));
  }

  @Test
  void refusesToMeasureWhatNoPairCanShow(@TempDir Path directory) throws IOException {
    String study = SmallStudy.write(directory).toString();
    Path prompts = directory.resolve("prompts.jsonl");
    List<String> wrong =
        Files.readAllLines(prompts).stream()
            .map(pair -> pair.replaceFirst("\"answer\": \"[^\"]*\"", "\"answer\": \" the\""))
            .toList();
    Files.write(prompts, wrong);
    Ended plan = Ended.inProcess("plan", study, "--set", "prompts.require=clean", "--measure");
    assertThat(plan.exitCode()).isEqualTo(2);
    assertThat(plan.errors())
        .contains("of 6 sampled pairs the model predicts none as prompts.require = clean asks");
  }
}
