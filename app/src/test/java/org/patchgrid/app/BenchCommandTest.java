package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code bench} reports; how fast anything is, is no test's business. */
class BenchCommandTest {
  private static final List<String> WAYS = List.of("seed", "per-cell", "full-batch", "wave");
  private static final String MODEL = SmallStudy.root().resolve("data/models/atlas-6l").toString();

  @Test
  void reportsEveryWayOfEverySweepWithTheSameResults() throws IOException {
    Ended bench = bench("--sweep", "outputs,heads", "--sample", "5", "--format", "json");
    assertThat(bench.exitCode()).as(bench.errors()).isEqualTo(ExitCode.DONE);
    List<JsonNode> rows = new ArrayList<>();
    for (String line : bench.output().lines().toList()) {
      rows.add(JsonMapper.builder().build().readTree(line));
    }
    assertThat(rows)
        .extracting(row -> row.path("sweep").asText() + " " + row.path("way").asText())
        .containsExactly(
            "outputs seed",
            "outputs per-cell",
            "outputs full-batch",
            "outputs wave",
            "heads seed",
            "heads per-cell",
            "heads full-batch",
            "heads wave");
    for (JsonNode row : rows) {
      String way = row.path("way").asText();
      boolean slow = Set.of("seed", "per-cell").contains(way);
      boolean heads = row.path("sweep").asText().equals("heads");
      assertThat(row.path("cells").asInt()).isEqualTo(heads ? 36 : 12);
      // Every 11th of 36 and every 5th of 12 cells: strides that share no factor with them.
      assertThat(row.path("measured_cells").asInt())
          .isEqualTo(!slow ? row.path("cells").asInt() : heads ? 4 : 3);
      for (String number : List.of("seconds", "cells_per_second", "times_wave", "share")) {
        assertThat(row.path(number).asDouble()).as(way + " " + number).isPositive();
      }
      assertThat(row.path("same_bits").asBoolean()).as(way).isTrue();
      assertThat(row.path("largest_difference").asDouble()).as(way).isZero();
    }
  }

  @Test
  void printsATable() {
    Ended bench = bench();
    assertThat(bench.exitCode()).as(bench.errors()).isEqualTo(ExitCode.DONE);
    assertThat(bench.output().lines())
        .anyMatch(line -> line.matches("fastest matrix product: [\\d.]+ GFLOP/s .*"))
        .anyMatch(line -> line.startsWith("outputs: self_attn, mlp x layers, 12 cells; "))
        .filteredOn(line -> line.endsWith("the same bits"))
        .hasSize(WAYS.size() - 1);
    assertThat(bench.errors()).contains("outputs: round 1 of 1");
  }

  @Test
  void saysInOneLineWhatIsWrong() {
    assertThat(Ended.inProcess("bench", "--model", MODEL, "--rounds", "0").errors())
        .isEqualTo("patchgrid: --rounds must be at least 1, not 0\n");
    assertThat(bench("--sweep", "output").errors())
        .contains("'output' is not one of outputs, guide, positions, heads");
    assertThat(bench("--clean", "Berlin is the capital of").errors())
        .contains("--clean and --corrupted belong together: give both or neither");
    Ended same = bench("--clean", "Rome is old", "--corrupted", "Rome is old");
    assertThat(same.exitCode()).isEqualTo(ExitCode.USER_ERROR);
    assertThat(same.errors()).contains("are the same tokens, so no patch has work to do");
  }

  private static Ended bench(String... options) {
    List<String> arguments = new ArrayList<>(List.of("bench", "--model", MODEL, "--rounds", "1"));
    arguments.addAll(List.of(options));
    return Ended.inProcess(arguments.toArray(String[]::new));
  }
}
