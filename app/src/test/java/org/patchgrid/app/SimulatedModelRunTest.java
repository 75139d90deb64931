package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a study, with a load generator in the place of the model. */
class SimulatedModelRunTest {
  private static final int PAIRS = 40;

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void writePrompts() throws IOException {
    List<String> pairs = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      pairs.add(
          """
          {"id": "p%d", "clean": "one two w%d four", "corrupted": "one two v%d four", "answer": "a", "labels": {"subject": {"clean": "w%d", "corrupted": "v%d"}}}"""
              .formatted(pair, pair, pair, pair, pair));
    }
    pairs.add("{\"id\": \"unequal\", \"clean\": \"one two\", \"corrupted\": \"one\"}");
    Files.write(directory.resolve("prompts.jsonl"), pairs);
  }

  private String study(String id, String model, String sweep) throws IOException {
    return Files.writeString(
            directory.resolve("study.conf"),
            """
            study   { id = "%s" }
            model   { path = "%s" }
            prompts { path = "%s" }
            sweep   { %s }
            metrics = [l2, logit_diff, answer_rank]
            execution { pairs-per-task = 4, sites-per-task = 20 }
            """
                .formatted(id, model, directory.resolve("prompts.jsonl"), sweep))
        .toString();
  }

  private String study(String model) throws IOException {
    return study(
        "simulated:load",
        model,
        "components = [mlp, output], positions = each, directions = [denoising, noising]");
  }

  private Ended run(String study, String out, String... more) {
    return SmallStudy.run(study, directory.resolve(out), more);
  }

  private Map<String, String> hashes(String out) throws IOException {
    return SmallStudy.hashes(directory.resolve(out));
  }

  @Test
  void theSameBytesHoweverItIsRun() throws IOException {
    String study = study("simulated:layers=4,heads=2,d-model=8");
    Ended one = run(study, "one", "--master", "local[1]");
    assertThat(one.exitCode()).as(one.errors()).isEqualTo(ExitCode.INCOMPLETE);
    // 2 components x 4 layers x 4 positions x 2 directions
    assertThat(one.output())
        .contains("simulated:load: 41 pairs, 2,560 cells, 5,120 rows in ")
        .contains("length_mismatch 1, ok 40");
    // What time a cell takes changes none of them.
    String slow = study("simulated:layers=4,heads=2,d-model=8,microseconds=20");
    run(slow, "two", "--master", "local[2]", "--set", "execution.partitions=3");
    assertThat(hashes("two")).isNotEmpty().isEqualTo(hashes("one"));
    Ended resumed = run(slow, "one", "--master", "local[2]");
    assertThat(resumed.output()).contains("(tasks: 0 computed, 11 reused,");
    String other = study("simulated:layers=4,heads=2,d-model=16");
    Ended refused = run(other, "one", "--master", "local[1]");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(refused.errors()).contains("(they differ in: model, tokenizer)");
  }

  @Test
  void itsResultsAreReadAsAnyOther() throws IOException {
    String out = directory.resolve("out").toString();
    Ended run = run(study("simulated:layers=4,heads=2,d-model=8,failures=0.25"), "out");
    assertThat(run.output())
        .containsPattern("rows by status: by_construction \\d+, failed 1,[0-9]+, ok 3,[0-9]+\n");
    Ended verified = Ended.inProcess("verify", out);
    assertThat(verified.exitCode()).as(verified.output()).isEqualTo(ExitCode.DONE);
    assertThat(verified.output()).contains("computed with simulated 1 on any: 11 tasks\n");
    Ended aggregated = Ended.inProcess("aggregate", out, "--master", "local[2]");
    assertThat(aggregated.exitCode()).as(aggregated.errors()).isEqualTo(ExitCode.DONE);
    Ended report = Ended.inProcess("report", out);
    assertThat(report.exitCode()).as(report.errors()).isEqualTo(ExitCode.DONE);
    assertThat(Ended.inProcess("export", out, "--query", "top-sites").output().lines().count())
        .isGreaterThan(10);
  }

  @Test
  void labelsAndHeadsAreThere() throws IOException {
    String study =
        study(
            "simulated:labels",
            "simulated:layers=2,heads=2,d-model=8",
            "components = [self_attn.z], heads = each, positions { labels = [subject] }");
    Ended run = run(study, "out", "--master", "local[1]");
    assertThat(run.output()).contains("41 pairs, 160 cells, 320 rows");
    assertThat(Ended.inProcess("plan", study).output())
        .contains("study                simulated:labels on simulated\n");
  }

  @Test
  void whatItCannotBeIsSaid() throws IOException {
    String sweep = "components = [mlp]";
    assertError(
        study("capitals", "simulated:layers=2", sweep),
        "Cannot use study.id = \"capitals\" with a simulated model: it must begin with 'simulated:'");
    assertError(
        study("simulated:x", SmallStudy.root().resolve("data/models/atlas-6l").toString(), sweep),
        "Cannot use study.id = \"simulated:x\": only studies on a simulated model begin so");
    assertError(
        study("simulated:x", "simulated:layer=2", sweep),
        "Cannot use the model 'simulated:layer=2': 'layer=2' is not name=value with one of the names d-model, failures, heads, layers, microseconds; did you mean 'layers'?");
    assertError(
        study("simulated:x", "simulated:layers=two", sweep),
        "Cannot use the model 'simulated:layers=two': layers must be a number");
    assertError(
        study("simulated:x", "simulated:layers=0", sweep),
        "Cannot use the model 'simulated:layers=0': layers must be a whole number from 1");
    assertError(
        study("simulated:x", "simulated:failures=2", sweep),
        "Cannot use the model 'simulated:failures=2': d-model must be a multiple of heads, and failures a share from 0 to 1");
    assertError(
        study("simulated:x", "simulated:", "components = [mlp], value = mean"),
        "A simulated model has no activations: leave out corruption = noise and value = mean");
    Ended doctor = Ended.inProcess("conformance", "--model", "simulated:layers=2");
    assertThat(doctor.errors())
        .contains(
            "'simulated:layers=2' is no model but a load generator: only plan and run take it, as model.path");
  }

  private void assertError(String study, String message) {
    Ended run = run(study, "refused", "--master", "local[1]");
    assertThat(run.exitCode()).as(run.output()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(Stream.of(run.errors().split("\n")).filter(line -> line.startsWith("patchgrid:")))
        .containsExactly("patchgrid: " + message);
  }

  /** As containers run programs whose image does not know who starts them. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "needs unshare")
  void aUserWithoutANameRunsStudiesToo() throws IOException, InterruptedException {
    List<String> nameless = List.of("unshare", "--user", "--map-user=4242");
    assumeThatItStarts(nameless);
    String study = study("simulated:layers=4,heads=2,d-model=8");
    run(study, "one", "--master", "local[1]");
    String out = directory.resolve("nameless").toString();
    Ended run =
        start(nameless, directory.resolve("run"), "run", study, "--out", out, "--master", "local");
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(hashes("nameless")).isEqualTo(hashes("one"));
    Path where = directory.resolve("patch");
    Ended patch =
        start(
            nameless,
            where,
            "patch",
            "--model",
            SmallStudy.root().resolve("data/models/atlas-6l").toString(),
            "--clean",
            "Paris is the capital of France",
            "--corrupted",
            "London is the capital of France");
    assertThat(patch.exitCode()).as(patch.errors()).isEqualTo(ExitCode.DONE);
    assertThat(where.resolve("?")).doesNotExist();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "needs unshare")
  void aMachineThatDoesNotKnowItsOwnNameIsToldWhatToDo() throws IOException, InterruptedException {
    List<String> lost =
        List.of(
            "unshare",
            "--map-root-user",
            "--uts",
            "env",
            "-u",
            "SPARK_LOCAL_IP",
            "bash",
            "-c",
            "hostname none.invalid && exec \"$@\"",
            "bash");
    assumeThatItStarts(lost);
    String study = study("simulated:layers=4,heads=2,d-model=8");
    Ended run = start(lost, directory.resolve("run"), "run", study, "--out", "out");
    assertThat(run.errors())
        .isEqualToIgnoringNewLines(
            "patchgrid: Cannot start Spark: this machine has no address for its own name; add what"
                + " 'hostname' prints to /etc/hosts, or set SPARK_LOCAL_IP=127.0.0.1");
    assertThat(run.exitCode()).isEqualTo(ExitCode.USER_ERROR);
  }

  private static void assumeThatItStarts(List<String> command)
      throws IOException, InterruptedException {
    List<String> tried = new ArrayList<>(command);
    tried.add("true");
    assumeThat(new ProcessBuilder(tried).start().waitFor())
        .as("this machine lets its users have namespaces of their own")
        .isZero();
  }

  private static Ended start(List<String> by, Path where, String... arguments)
      throws IOException, InterruptedException {
    try (ChildJvm jvm = ChildJvm.startedBy(by, where, arguments)) {
      return jvm.await();
    }
  }
}
