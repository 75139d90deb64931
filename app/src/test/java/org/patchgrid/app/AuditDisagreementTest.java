package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A study that is computed by {@link FaultyEngine}. */
@EnabledOnOs(
    value = OS.LINUX,
    architectures = "amd64",
    disabledReason = "one wrong bit is found only where the kernel promises bits")
class AuditDisagreementTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void stopsTheStudyAndNothingOfTheTaskIsKept() throws IOException, InterruptedException {
    Path study = SmallStudy.write(directory);
    Path out = directory.resolve("out");
    Path jvm = Files.createDirectory(directory.resolve("jvm"));
    try (ChildJvm child =
        ChildJvm.onClassPath(
            FaultyEngine.classPath(directory),
            jvm,
            "run",
            study.toString(),
            "--out",
            out.toString(),
            "--master",
            "local[1,4]",
            "--set",
            "execution.partitions=1")) {
      Ended run = child.await();
      assertThat(run.exitCode()).as(run.errors()).isEqualTo(ExitCode.BUG);
      assertThat(run.output()).isEmpty();
      assertThat(run.errors().lines().filter(line -> line.startsWith("patchgrid: ")))
          .singleElement()
          .asString()
          .startsWith(
              "patchgrid: The audit disagrees about the cell sweep default, pair"
                  + " 'city-islamabad-dhaka', denoising, mlp, layer 3, window 1, position ")
          .contains(": state[17] is ")
          .endsWith(
              ", where the same bits are promised. Either Patchgrid has a bug, please report it, or"
                  + " this machine computes wrongly: trust no result of this study");
    }
    for (String table : List.of("cells", "pairs")) {
      assertThat(pairs(out.resolve(table)))
          .as("pairs of earlier tasks, whose audits agreed, in %s", table)
          .isNotEmpty()
          .doesNotContain("city-islamabad-dhaka");
    }
    assertThat(Files.readString(out.resolve("manifest/status.json")))
        .contains("\"outcome\" : \"FAILED\"", "\"exitCode\" : 1");
    assertThat(Ended.inProcess("verify", out.toString()).exitCode()).isEqualTo(ExitCode.DONE);
  }

  private static List<String> pairs(Path table) {
    List<String> pairs = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT pair_id FROM read_parquet('" + table + "/*.parquet')")) {
      while (row.next()) {
        pairs.add(row.getString(1));
      }
      return pairs;
    } catch (SQLException e) {
      throw new AssertionError("DuckDB cannot read " + table, e);
    }
  }
}
