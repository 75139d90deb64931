package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.compact.Compaction;
import org.patchgrid.compact.CompactionReport;
import org.patchgrid.query.QueryFile;
import org.patchgrid.store.StoredCells;
import org.patchgrid.store.Verification;
import org.patchgrid.store.VerificationReport;
import org.patchgrid.study.Measurement;

/** The same tables in few files: what every reader says of them. */
class CompactCommandTest {
  private static final SimulatedStudy STUDY = new SimulatedStudy(24, 3, 2, 5, 5);

  /** For queries that need one. */
  private static final List<String> PARAMETERS =
      List.of("pair_id=pair-000003", "component=mlp", "layer=1");

  @TempDir private static Path shared = Path.of("");

  private static Path original() {
    return shared.resolve("original");
  }

  private static Path compacted() {
    return shared.resolve("compacted");
  }

  @BeforeAll
  static void compact() throws IOException {
    STUDY.write(original(), STUDY.tasks());
    Ended aggregated = command("aggregate", original(), "--master", "local[2]");
    assertThat(aggregated.exitCode()).as(aggregated.errors()).isEqualTo(ExitCode.DONE);
    Ended ended =
        command("compact", original(), "--to", compacted().toString(), "--master", "local[2]");
    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(ExitCode.DONE);
    assertThat(ended.errors()).isEmpty();
    assertThat(ended.output())
        .matches(
            "simulated:effects: 24 pairs, %,d measurements in %s \\(2 files of [\\d.]+ MiB; before: 10 of [\\d.]+ MiB; [\\d.]+ s\\)\n"
                .formatted(STUDY.measurements(), compacted()));
    assertThat(SmallStudy.hashes(compacted()).keySet())
        .containsExactly("cells/part-000000.parquet", "pairs/part-000000.parquet");
  }

  private static Ended command(String name, Path directory, String... more) {
    return Ended.inProcess(
        Stream.concat(Stream.of(name, directory.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  private static VerificationReport verified(Path directory) throws IOException {
    VerificationReport report =
        Verification.verify(
            new org.apache.hadoop.fs.Path(directory.toString()), new Configuration());
    assertThat(report.problems()).isEmpty();
    return report;
  }

  @Test
  void verifyFindsTheSameRows() throws IOException {
    VerificationReport before = verified(original());
    VerificationReport after = verified(compacted());
    assertThat(after.sortedRowsHash()).isPresent().isEqualTo(before.sortedRowsHash());
    assertThat(after.pairRows()).isEqualTo(before.pairRows());
    assertThat(after.tasksByMachine()).isEqualTo(before.tasksByMachine());
    assertThat(command("verify", compacted()).output())
        .startsWith("2 files, 24 pairs, ")
        .endsWith("all files are as the manifest says\n");
  }

  @Test
  void statusTellsWhereItCameFrom() {
    List<String> before = command("status", original()).output().lines().toList();
    List<String> after = command("status", compacted()).output().lines().toList();
    assertThat(after).containsAll(before).hasSize(before.size() + 1);
    assertThat(after)
        .anyMatch(line -> line.startsWith("compacted        2 files, from " + original() + ", 2"));
    assertThat(command("status", compacted(), "--format", "json").output())
        .contains("\"compacted_from\":\"" + original() + "\"");
    assertThat(command("status", original(), "--format", "json").output())
        .contains("\"compacted_from\":null");
  }

  @Test
  void everyQueryHasTheSameAnswer() throws IOException {
    List<String> withoutRows = new ArrayList<>();
    for (QueryFile query : QueryFile.all(Path.of("..", "conf", "queries"))) {
      String[] more =
          Stream.concat(
                  Stream.of("--query", query.name()),
                  PARAMETERS.stream()
                      .filter(
                          text ->
                              query.parameters().stream()
                                  .anyMatch(
                                      parameter ->
                                          parameter.required()
                                              && text.startsWith(parameter.name() + "=")))
                      .flatMap(text -> Stream.of("--parameter", text)))
              .toArray(String[]::new);
      if (query.reads("other_aggregates")) {
        more =
            Stream.concat(Stream.of(more), Stream.of("--other", original().toString()))
                .toArray(String[]::new);
      }
      Ended before = command("export", original(), more);
      assertThat(before.exitCode()).as(query.name() + before.errors()).isEqualTo(ExitCode.DONE);
      Ended after = command("export", compacted(), more);
      assertThat(after.exitCode()).as(query.name() + after.errors()).isEqualTo(ExitCode.DONE);
      assertThat(after.errors()).as(query.name()).isEqualTo(before.errors());
      assertThat(rounded(after.output())).as(query.name()).isEqualTo(rounded(before.output()));
      if (after.output().lines().count() == 1) {
        withoutRows.add(query.name());
      }
    }
    // Some questions are of screens, ablations or other things that this study has none of.
    assertThat(withoutRows)
        .doesNotContain("components", "layers", "top-sites", "pairs", "pair", "progress");
  }

  /**
   * Those that were copied are current, and those that are made of the copy have the same bytes.
   */
  @Test
  void aggregatesAreTheSame() throws IOException {
    Path file = Path.of("aggregates", "effects.parquet");
    byte[] made = Files.readAllBytes(original().resolve(file));
    assertThat(Files.readAllBytes(compacted().resolve(file))).isEqualTo(made);
    Files.delete(compacted().resolve(file));
    Ended again = command("aggregate", compacted(), "--master", "local[1]");
    assertThat(again.exitCode()).as(again.errors()).isEqualTo(ExitCode.DONE);
    assertThat(Files.readAllBytes(compacted().resolve(file))).isEqualTo(made);
  }

  @Test
  void theReportIsTheSame() throws IOException {
    Path one = shared.resolve("one.html");
    Path other = shared.resolve("other.html");
    assertThat(command("report", original(), "--out", one.toString()).exitCode())
        .isEqualTo(ExitCode.DONE);
    assertThat(command("report", compacted(), "--out", other.toString()).exitCode())
        .isEqualTo(ExitCode.DONE);
    assertThat(numbers(other).replace(compacted().toString(), original().toString()))
        .isEqualTo(numbers(one));
  }

  /** A report without its charts, whose numbers it has as tables too. */
  private static String numbers(Path report) throws IOException {
    return rounded(Files.readString(report).replaceAll("(?s)<svg.*?</svg>", ""));
  }

  /** DuckDB adds up in the order in which its threads come: last digits differ on one file too. */
  private static String rounded(String text) {
    return Pattern.compile("-?\\d+\\.\\d{6,}(E-?\\d+)?")
        .matcher(text)
        .replaceAll(
            number -> String.format(Locale.ROOT, "%.9e", Double.parseDouble(number.group())));
  }

  @Test
  void aLargeTableHasSeveralSortedFiles() throws IOException {
    Path target = shared.resolve("parts");
    CompactionReport report;
    try (JavaSparkContext spark =
        new JavaSparkContext(
            "local[2]", "test", new SparkConf().set("spark.ui.enabled", "false"))) {
      report =
          new Compaction(
                  spark,
                  new org.apache.hadoop.fs.Path(original().toString()),
                  new org.apache.hadoop.fs.Path(target.toString()),
                  false,
                  10_000)
              .run();
    }
    List<Path> parts = SmallStudy.files(target.resolve("cells"));
    assertThat(parts).hasSizeGreaterThan(3);
    assertThat(SmallStudy.files(target.resolve("pairs"))).hasSizeGreaterThan(1);
    assertThat(report.files()).isEqualTo(SmallStudy.hashes(target).size());
    Optional<Measurement> last = Optional.empty();
    for (Path part : parts) {
      List<Measurement> rows =
          StoredCells.read(new org.apache.hadoop.fs.Path(part.toString()), new Configuration())
              .stream()
              .map(row -> row.measurement())
              .toList();
      assertThat(rows).isNotEmpty();
      if (last.isPresent()) {
        assertThat(Measurement.ROW_ORDER.compare(last.get(), rows.get(0))).isNegative();
      }
      last = Optional.of(rows.get(rows.size() - 1));
    }
    assertThat(verified(target).sortedRowsHash()).isEqualTo(verified(original()).sortedRowsHash());
    assertThat(command("export", target, "--query", "pairs"))
        .isEqualTo(command("export", original(), "--query", "pairs"));
  }

  @Test
  void whatHasNotEndedOrIsDamagedIsRefused() throws IOException {
    Path begun = shared.resolve("begun");
    STUDY.write(begun, 2);
    Path target = shared.resolve("of-begun");
    Ended refused = command("compact", begun, "--to", target.toString());
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(refused.errors())
        .isEqualTo(
            "patchgrid: Cannot compact '%s': 2 of 5 tasks of the study are stored; run it again to complete it, or compact what is there by --unfinished (a compacted study takes no more tasks)\n"
                .formatted(begun));
    assertThat(target).doesNotExist();
    Ended asked =
        command(
            "compact", begun, "--to", target.toString(), "--unfinished", "--master", "local[1]");
    assertThat(asked.exitCode()).as(asked.errors()).isEqualTo(ExitCode.DONE);
    assertThat(command("status", target).output()).contains("tasks done       2 of 5\n");

    Path cells = SmallStudy.files(begun.resolve("cells")).get(1);
    byte[] bytes = Files.readAllBytes(cells);
    bytes[bytes.length / 3] ^= 1;
    Files.write(cells, bytes);
    Path ofDamaged = shared.resolve("of-damaged");
    Ended damaged = command("compact", begun, "--to", ofDamaged.toString(), "--unfinished");
    assertThat(damaged.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(damaged.errors())
        .isEqualTo(
            "patchgrid: Cannot compact '%s': 'cells/%s' has other bytes than were committed; `patchgrid verify` lists what is damaged, restore it from a copy\n"
                .formatted(begun, cells.getFileName()));
    assertThat(ofDamaged.resolve("manifest")).doesNotExist();
  }

  @Test
  void aRunIntoItIsRefused(@TempDir Path directory) throws IOException {
    Path study = SmallStudy.write(directory);
    Path out = directory.resolve("out");
    Ended run = SmallStudy.run(study.toString(), out, "--master", "local[2]");
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(ExitCode.INCOMPLETE);
    Path target = directory.resolve("compacted");
    Ended ended = command("compact", out, "--to", target.toString(), "--master", "local[2]");
    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(ExitCode.DONE);
    assertThat(verified(target).sortedRowsHash()).isEqualTo(verified(out).sortedRowsHash());
    Ended into = SmallStudy.run(study.toString(), target, "--master", "local[2]");
    assertThat(into.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(into.messages())
        .containsExactly(
            "patchgrid: Cannot run into '%s': it is a compacted copy of '%s', which takes no more tasks; run into that directory, or choose another --out"
                .formatted(target, out));
  }
}
