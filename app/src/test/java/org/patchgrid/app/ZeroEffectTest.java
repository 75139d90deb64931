package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.query.QueryFile;
import org.patchgrid.query.ResultQueries;

/** A sweep that patches nothing that matters: every number is right, and says nothing. */
class ZeroEffectTest {
  private final Path directory;

  ZeroEffectTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Ended aggregateOf(String positions) throws IOException {
    return SmallStudy.aggregated(directory, "sweep.positions=" + positions, "sweep.layers=[0]");
  }

  /** Rows of the query, fields joined by bars. */
  private List<String> quality() throws IOException, SQLException {
    Path queries = SmallStudy.root().resolve("conf/queries");
    QueryFile query =
        QueryFile.all(queries).stream()
            .filter(file -> file.name().equals("data-quality"))
            .findFirst()
            .orElseThrow();
    List<String> rows = new ArrayList<>();
    try (ResultQueries engine =
        ResultQueries.open(
            queries.resolve("views/duckdb.sql"), directory.resolve("out"), Optional.empty())) {
      engine.run(
          query,
          Map.of(),
          row -> rows.add(row.stream().map(String::valueOf).collect(Collectors.joining("|"))));
    }
    return rows;
  }

  @Test
  void aSweepWithoutAnyEffectIsToldOf() throws IOException, SQLException {
    // Before the prompts differ, a patch writes what is there.
    assertThat(aggregateOf("[0]").errors())
        .contains(
            "patchgrid: warning: every effect of sweep 'default' under l2 is 0.0: the patches reach"
                + " nothing that this metric reads, or the study asks for something else than you"
                + " meant");
    assertThat(quality())
        .contains("sweeps|l2|one_effect|default, denoising|12|0.5")
        .contains("sweeps|kl|one_effect|default, noising|12|0.5");
  }

  @Test
  void anyOtherIsNot() throws IOException, SQLException {
    assertThat(aggregateOf("last").errors()).doesNotContain("warning");
    assertThat(quality())
        .noneMatch(row -> row.contains("one_effect"))
        .contains("measurements|l2|ok|null|24|1.0");
  }
}
