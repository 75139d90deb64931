package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.patchgrid.study.Sha256;

/**
 * A study cut into many tasks, one for each pair and site: six pairs of three lengths, and one pair
 * that is skipped because its prompts are not equally long.
 */
final class SmallStudy {
  private static final int PAIRS_IN_ALL = 7;

  /** Two directions and components at one layer. */
  private static final int SITES = 4;

  static final int TASKS = PAIRS_IN_ALL * SITES;

  /** Of {@link #writeOfMoreLayers}, some 600 cells. */
  static final int MORE_SITES = 3 * SITES;

  static final int MORE_TASKS = PAIRS_IN_ALL * MORE_SITES;

  private static final Set<String> PAIRS =
      Set.of(
          "capital-france-germany",
          "capital-finland-denmark",
          "city-islamabad-dhaka",
          "city-khartoum-dakar",
          "indirect-object-john-laura-store",
          "indirect-object-paul-eric-store");

  private static final String UNEQUAL =
      """
      {"id": "unequal", "clean": "The capital of France is", "corrupted": "People in Germany speak",\
       "answer": " Paris", "foil": " Berlin"}
      """;

  private static final String STUDY =
      """
      study   { id = "identity" }
      model   { path = "%s" }
      prompts { path = "%s" }
      sweep {
        directions = [denoising, noising]
        components = [mlp, self_attn]
        layers     = [%s]
        positions  = each
      }
      metrics = [l2, logit_diff, kl]
      execution { pairs-per-task = 1, sites-per-task = 1 }
      """;

  private SmallStudy() {}

  static Path root() {
    return Path.of(System.getProperty("patchgrid.root", "")).toAbsolutePath();
  }

  /** Writes the prompts and the study file, and returns the latter. */
  static Path write(Path directory) throws IOException {
    return write(directory, "3");
  }

  /** Runs it in one task, changed, into {@code out} below the directory, and aggregates that. */
  static Ended aggregated(Path directory, String... changes) throws IOException {
    Path out = directory.resolve("out");
    List<String> options =
        new ArrayList<>(
            List.of(
                "--set", "execution.pairs-per-task=10", "--set", "execution.sites-per-task=100"));
    for (String change : changes) {
      options.addAll(List.of("--set", change));
    }
    Ended run = run(write(directory).toString(), out, options.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(ExitCode.INCOMPLETE);
    Ended aggregate = Ended.inProcess("aggregate", out.toString(), "--master", "local[1]");
    assertThat(aggregate.exitCode()).as(aggregate.errors()).isEqualTo(ExitCode.DONE);
    return aggregate;
  }

  /** The same of three layers. */
  static Path writeOfMoreLayers(Path directory) throws IOException {
    return write(directory, "0, 3, 5");
  }

  private static Path write(Path directory, String layers) throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    List<String> pairs = new ArrayList<>();
    for (String line : Files.readAllLines(root().resolve("data/prompts/demo.jsonl"))) {
      if (PAIRS.contains(json.readTree(line).path("id").asText())) {
        pairs.add(line);
      }
    }
    if (pairs.size() != PAIRS.size()) {
      throw new IllegalStateException("demo.jsonl lacks one of " + PAIRS);
    }
    pairs.add(3, UNEQUAL.strip());
    Path prompts = Files.write(directory.resolve("prompts.jsonl"), pairs);
    Path model = root().resolve("data/models/atlas-6l");
    return Files.writeString(
        directory.resolve("study.conf"), STUDY.formatted(model, prompts, layers));
  }

  /** Runs it in this JVM. */
  static Ended run(String study, Path out, String... more) {
    return Ended.inProcess(
        Stream.concat(Stream.of("run", study, "--out", out.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  /** Runs it in a JVM of its own. */
  static ChildJvm start(Path home, String study, Path out, String... more) throws IOException {
    return ChildJvm.start(
        Files.createDirectory(home),
        Stream.concat(Stream.of("run", study, "--out", out.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  /** The files of a directory by name; none if it is absent. */
  static List<Path> files(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  /** SHA-256 by file name relative to the study, of every file of both tables. */
  static Map<String, String> hashes(Path study) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (String table : List.of("cells", "pairs")) {
      for (Path file : files(study.resolve(table))) {
        hashes.put(table + "/" + file.getFileName(), Sha256.of(Files.readAllBytes(file)));
      }
    }
    return hashes;
  }
}
