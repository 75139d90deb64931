package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that are not ours agree on a study's cells, while it is written and after. */
class ReadersTest {
  /** Of the sum of magnitudes: a sum near zero has no relative precision of its own. */
  private static final double TOLERANCE = 1e-12;

  private static final List<String> FIGURES =
      List.of(
          "count(*)", "sum(patched)", "sum(recovery)", "sum(abs(patched))", "sum(abs(recovery))");

  private static Path directory = Path.of("");
  private static Path out = Path.of("");

  /** Listed once, while the study was being written. */
  private static List<Path> earlyFiles = List.of();

  private record Figures(
      long rows, double patched, double recovery, double patchedSize, double recoverySize) {}

  @BeforeAll
  static void runAndListMidway(@TempDir Path temporary) throws IOException, InterruptedException {
    directory = temporary;
    String study = SmallStudy.write(directory).toString();
    out = directory.resolve("out");
    try (ChildJvm child =
        SmallStudy.start(directory.resolve("child"), study, out, "--master", "local[2]")) {
      earlyFiles = child.awaitCells(out, 3);
      // Opened at once: these files are whole although the study is not.
      assertThat(duckDb(earlyFiles).rows()).isPositive();
      assertThat(child.await().exitCode()).as(child.errors()).isEqualTo(ExitCode.INCOMPLETE);
    }
  }

  @Test
  void filesOfARunningStudyReadTheSame() throws IOException {
    assertThat(earlyFiles).hasSizeLessThan(SmallStudy.TASKS);
    assertReadersAgree(earlyFiles);
  }

  @Test
  void filesOfAFinishedStudyReadTheSame() throws IOException {
    List<Path> files = SmallStudy.files(out.resolve("cells"));
    assertThat(files).hasSize(SmallStudy.TASKS).containsAll(earlyFiles);
    assertReadersAgree(files);
  }

  @Test
  void pythonReadersAgree() throws IOException, InterruptedException {
    String python = System.getProperty("patchgrid.python", "");
    assumeFalse(python.isEmpty(), "patchgrid.python names no Python with duckdb and pyarrow");
    Path script = SmallStudy.root().resolve("bin/check-readers");
    Process process =
        new ProcessBuilder(python, script.toString(), out.toString(), "--json")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("check-readers.txt").toFile())
            .start();
    int exitCode = process.waitFor();
    assertThat(exitCode).as(Files.readString(directory.resolve("check-readers.txt"))).isEqualTo(0);
  }

  private static void assertReadersAgree(List<Path> files) throws IOException {
    Figures duckDb = duckDb(files);
    Figures spark = spark(files);
    assertThat(spark.rows()).isEqualTo(duckDb.rows()).isPositive();
    assertThat(spark.patched())
        .isCloseTo(duckDb.patched(), within(TOLERANCE * duckDb.patchedSize()));
    assertThat(spark.recovery())
        .isCloseTo(duckDb.recovery(), within(TOLERANCE * duckDb.recoverySize()));
  }

  private static Figures duckDb(List<Path> files) {
    String list =
        files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", ", "[", "]"));
    String query = "SELECT " + String.join(", ", FIGURES) + " FROM read_parquet(" + list + ")";
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      return new Figures(
          row.getLong(1), row.getDouble(2), row.getDouble(3), row.getDouble(4), row.getDouble(5));
    } catch (SQLException e) {
      throw new AssertionError("DuckDB cannot read " + list, e);
    }
  }

  private static Figures spark(List<Path> files) throws IOException {
    String[] names = files.stream().map(Path::toString).toArray(String[]::new);
    try (SparkSession session =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.log.level", "WARN")
            .getOrCreate()) {
      Row row = session.read().parquet(names).selectExpr(FIGURES.toArray(String[]::new)).first();
      return new Figures(
          row.getLong(0), row.getDouble(1), row.getDouble(2), row.getDouble(3), row.getDouble(4));
    }
  }
}
