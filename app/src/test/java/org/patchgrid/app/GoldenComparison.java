package org.patchgrid.app;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Compares a table {@code cells} with golden rows, and keeps the largest deviations. */
final class GoldenComparison {
  private static final String QUERY =
      """
      SELECT pair_id, direction, component, layer, head, position, "window", metric,
        clean, corrupted, patched, recovery,
        CASE
          WHEN receiver IS NOT NULL
            THEN receiver || CASE WHEN sweep LIKE '%%-1' THEN ' heads' ELSE ' heads-and-mlps' END
          WHEN value <> 'activation' THEN value
          WHEN corruption = 'noise' THEN 'noise'
          ELSE ''
        END AS variant
      FROM read_parquet('%s/cells/*.parquet')
      WHERE pair_id IN (%s)
      """;

  private final GoldenTolerance tolerance;
  private final Map<GoldenKey, GoldenValues> goldens;
  private final Set<GoldenKey> compared = new HashSet<>();
  private final List<String> mismatches = new ArrayList<>();
  private final Map<String, Deviations> deviations = new TreeMap<>();

  private GoldenComparison(GoldenTolerance tolerance, Map<GoldenKey, GoldenValues> goldens) {
    this.tolerance = tolerance;
    this.goldens = goldens;
  }

  /**
   * @param out directory of the study's results
   * @param pairs whose rows are compared
   */
  static GoldenComparison of(
      String model, Map<GoldenKey, GoldenValues> goldens, Path out, Set<String> pairs) {
    String ids = pairs.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", "));
    GoldenComparison comparison = new GoldenComparison(new GoldenTolerance(model), goldens);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY.formatted(out, ids))) {
      while (row.next()) {
        comparison.compare(key(row), values(row));
      }
    } catch (SQLException e) {
      throw new AssertionError("DuckDB cannot read the cells of " + out, e);
    }
    comparison.reportMissing();
    return comparison;
  }

  private static GoldenKey key(ResultSet row) throws SQLException {
    return new GoldenKey(
        row.getString("pair_id"),
        row.getString("direction"),
        row.getString("component"),
        row.getInt("layer"),
        integer(row, "head"),
        integer(row, "position"),
        row.getInt("window"),
        row.getString("metric"),
        row.getString("variant"));
  }

  private static OptionalInt integer(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(value);
  }

  private static GoldenValues values(ResultSet row) throws SQLException {
    return new GoldenValues(
        number(row, "clean").orElse(Double.NaN),
        number(row, "corrupted").orElse(Double.NaN),
        number(row, "patched").orElse(Double.NaN),
        number(row, "recovery"));
  }

  private static OptionalDouble number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private void compare(GoldenKey key, GoldenValues actual) {
    GoldenValues expected = goldens.get(key);
    if (expected == null) {
      mismatches.add(key + ": has no golden value");
      return;
    }
    if (!compared.add(key)) {
      mismatches.add(key + ": is in the table twice");
      return;
    }
    if (tolerance.isWellConditioned(key)) {
      deviations.computeIfAbsent(key.metric(), absent -> new Deviations()).add(expected, actual);
    }
    tolerance
        .problem(key, expected, actual)
        .ifPresent(problem -> mismatches.add(key + ": " + problem));
  }

  private void reportMissing() {
    for (GoldenKey key : goldens.keySet()) {
      if (!compared.contains(key)) {
        mismatches.add(key + ": is not in the table");
      }
    }
  }

  /** Golden rows that the table has. */
  int compared() {
    return compared.size();
  }

  /** Each with its key, what was expected and what there is; empty if all is well. */
  List<String> mismatches() {
    return mismatches;
  }

  /** The largest deviations by metric, where recovery means something. */
  String summary() {
    StringBuilder text =
        new StringBuilder().append(compared.size()).append(" rows compared, largest deviations:");
    deviations.forEach(
        (metric, largest) -> text.append(" ").append(metric).append(' ').append(largest));
    return text.toString();
  }

  private static final class Deviations {
    private double recovery;
    private double patched;

    private void add(GoldenValues expected, GoldenValues actual) {
      patched = Math.max(patched, Math.abs(actual.patched() - expected.patched()));
      if (expected.recovery().isPresent() && actual.recovery().isPresent()) {
        double deviation =
            Math.abs(actual.recovery().getAsDouble() - expected.recovery().getAsDouble());
        recovery = Math.max(recovery, deviation);
      }
    }

    @Override
    public String toString() {
      return "%.1e (recovery %.1e)".formatted(patched, recovery);
    }
  }
}
