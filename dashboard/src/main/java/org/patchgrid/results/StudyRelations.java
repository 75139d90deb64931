package org.patchgrid.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.TDistribution;
import org.patchgrid.query.ResultQueries;
import org.patchgrid.study.CellStatus;

/** Makes the relations that queries read (conf/queries/README.md) over one result directory. */
final class StudyRelations {
  private static final double CONFIDENCE = 0.95;
  private static final String CELLS =
      "study_id VARCHAR, sweep VARCHAR, pair_id VARCHAR, direction VARCHAR, component VARCHAR, layer"
          + " INTEGER, head INTEGER, position INTEGER, position_label VARCHAR, \"window\" INTEGER,"
          + " value VARCHAR, corruption VARCHAR, source_position INTEGER, receiver VARCHAR, metric"
          + " VARCHAR, clean DOUBLE, corrupted DOUBLE, patched DOUBLE, recovery DOUBLE, effect DOUBLE,"
          + " status VARCHAR";
  private static final String PAIRS =
      "study_id VARCHAR, pair_id VARCHAR, status VARCHAR, reason VARCHAR, clean VARCHAR, corrupted"
          + " VARCHAR, clean_tokens INTEGER[], corrupted_tokens INTEGER[], clean_token_texts VARCHAR[],"
          + " corrupted_token_texts VARCHAR[], first_difference INTEGER, answer_id INTEGER, foil_id"
          + " INTEGER, clean_top1 INTEGER, corrupted_top1 INTEGER, labels MAP(VARCHAR, VARCHAR), tags"
          + " MAP(VARCHAR, VARCHAR)";
  private static final String MANIFEST =
      "event VARCHAR, run VARCHAR, recorded_at VARCHAR, task INTEGER, tasks BIGINT, cells BIGINT,"
          + " failed_cells BIGINT, audited_cells BIGINT, reason VARCHAR, outcome VARCHAR, exit_code"
          + " INTEGER";

  private final Connection connection;
  private final StudyFiles files;

  StudyRelations(Connection connection, StudyFiles files) {
    this.connection = connection;
    this.files = files;
  }

  /**
   * All relations but {@code parameters} and {@code other_aggregates}. Those of the views file are
   * made for every connection; a table that has no file yet is empty.
   */
  AggregateOrigin create(Path views) throws SQLException, IOException {
    createEmptyIfAbsent("cells", CELLS);
    createEmptyIfAbsent("pairs", PAIRS);
    createEmptyIfAbsent("manifest", MANIFEST);
    for (String view : Files.readString(views).split(";\\s*(\\n|$)", -1)) {
      if (!view.contains("{other}") && isThere(view)) {
        execute(
            view.replace("TEMPORARY VIEW", "VIEW")
                .replace("{dir}", ResultQueries.asText(files.directory())));
      }
    }
    return createAggregates("aggregates", "cells");
  }

  private boolean isThere(String view) throws IOException {
    for (String table : List.of("cells", "pairs", "aggregates", "manifest")) {
      // Aggregates are read once, below: every query reads them.
      boolean reads = view.contains("{dir}/" + table + "/");
      if (reads && (table.equals("aggregates") || files.table(table).isEmpty())) {
        return false;
      }
    }
    return view.contains("VIEW");
  }

  private void createEmptyIfAbsent(String name, String columns) throws SQLException, IOException {
    if (files.table(name).isEmpty()) {
      execute("CREATE TABLE " + name + " (" + columns + ")");
    }
  }

  /** The statistics of the second study. */
  void createOtherAggregates() throws SQLException, IOException {
    List<Path> cells = files.table("cells");
    if (cells.isEmpty()) {
      execute("CREATE TABLE other_cells (" + CELLS + ")");
    } else {
      execute("CREATE VIEW other_cells AS SELECT * FROM read_parquet(" + list(cells) + ")");
    }
    createAggregates("other_aggregates", "other_cells");
  }

  private AggregateOrigin createAggregates(String name, String cells)
      throws SQLException, IOException {
    List<Path> parquet = files.table("aggregates");
    if (parquet.isEmpty()) {
      compute(name, cells);
      return new AggregateOrigin(AggregateOrigin.Kind.COMPUTED, Map.of());
    }
    execute("CREATE TABLE " + name + " AS SELECT * FROM read_parquet(" + list(parquet) + ")");
    Map<String, String> footer = footer(parquet);
    boolean current = files.cellsHash().equals(footer.get("patchgrid.cells"));
    return new AggregateOrigin(
        current ? AggregateOrigin.Kind.CURRENT : AggregateOrigin.Kind.STALE, footer);
  }

  private Map<String, String> footer(List<Path> parquet) throws SQLException {
    Map<String, String> footer = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT decode(key), decode(value) FROM parquet_kv_metadata("
                    + list(parquet)
                    + ")")) {
      while (rows.next()) {
        if (rows.getString(1).startsWith("patchgrid.")) {
          footer.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return footer;
  }

  /** What can be said of {@code cells} without resampling. */
  private void compute(String name, String cells) throws SQLException {
    String group =
        "study_id, sweep, direction, component, layer, head, position, position_label, \"window\","
            + " value, corruption, source_position, receiver, metric";
    execute("CREATE TEMP TABLE groups AS " + groups(cells, group));
    createQuantiles();
    execute(
        "CREATE TABLE "
            + name
            + " AS WITH stats AS (SELECT g.*, standard_deviation / sqrt(n) * t AS half FROM groups g"
            + " LEFT JOIN quantiles USING (n)), ranked AS (SELECT *, CASE WHEN measure = 'effect' AND"
            + " mean_of_ratios IS NOT NULL THEN CAST(rank() OVER (PARTITION BY sweep, grouping,"
            + " direction, \"window\", metric, measure ORDER BY mean_of_ratios DESC NULLS LAST) AS"
            + " INTEGER) END AS rank FROM stats), keyed AS (SELECT *, CASE WHEN measure = 'effect' THEN"
            + " max(CASE WHEN direction = 'denoising' THEN mean_of_ratios END) OVER same END AS"
            + " restoring, CASE WHEN measure = 'effect' THEN max(CASE WHEN direction = 'noising' THEN"
            + " mean_of_ratios END) OVER same END AS breaking FROM ranked WINDOW same AS (PARTITION BY"
            + " sweep, grouping, component, layer, head, position, position_label, \"window\","
            + " source_position, receiver, metric, measure)) SELECT study_id, sweep, grouping, direction, component, layer, head,"
            + " position, position_label, \"window\", value, corruption, source_position, receiver,"
            + " metric, CAST(NULL AS VARCHAR) AS tag, CAST(NULL AS VARCHAR) AS tag_value, measure,"
            + " sites, n, n_ok, n_by_construction, n_degenerate_baseline, n_no_baseline, n_not_finite,"
            + " n_failed, mean_of_ratios, standard_deviation, mean_of_ratios - half AS t_low,"
            + " mean_of_ratios + half AS t_high, CAST(NULL AS DOUBLE) AS bootstrap_low, CAST(NULL AS"
            + " DOUBLE) AS bootstrap_high, minimum, quantile_05, quantile_25, median, quantile_75,"
            + " quantile_95, maximum, average_total_effect, average_indirect_effect,"
            + " average_indirect_effect / nullif(average_total_effect, 0) AS ratio_of_means, CAST(NULL"
            + " AS DOUBLE) AS ratio_of_means_low, CAST(NULL AS DOUBLE) AS ratio_of_means_high,"
            + " CAST(NULL AS DOUBLE) AS p_value, CAST(NULL AS DOUBLE) AS q_value, rank, CASE WHEN"
            + " breaking IS NOT NULL THEN restoring END AS sufficiency, CASE WHEN restoring IS NOT NULL"
            + " THEN breaking END AS necessity, CAST(NULL AS BOOLEAN) AS sufficient, CAST(NULL AS"
            + " BOOLEAN) AS necessary FROM keyed");
    execute("DROP TABLE groups");
    execute("DROP TABLE quantiles");
  }

  private static String forEachStatus(UnaryOperator<String> column) {
    return Stream.of(CellStatus.values())
        .map(CellStatus::label)
        .map(column)
        .collect(Collectors.joining(", "));
  }

  private static String groups(String cells, String group) {
    // A row of cells becomes one of the measure effect and one of recovery.
    String measures =
        "SELECT *, 'effect' AS measure, effect AS measured FROM "
            + cells
            + " UNION ALL SELECT *, 'recovery', recovery FROM "
            + cells;
    String statuses = forEachStatus(s -> "count(*) FILTER (status = '" + s + "') AS n_" + s);
    String layerPairs =
        "SELECT study_id, sweep, direction, component, layer, NULL::INTEGER AS head, NULL::INTEGER AS"
            + " position, NULL::VARCHAR AS position_label, \"window\", value, corruption,"
            + " NULL::INTEGER AS source_position, receiver, metric, measure,"
            + " count(DISTINCT (head, position, position_label, source_position)) AS sites, pair_id, "
            + statuses
            + ", avg(measured) FILTER (status = 'ok') AS measured, avg(clean - corrupted) FILTER"
            + " (status = 'ok') AS total, avg(CASE WHEN measure = 'effect' AND direction = 'noising'"
            + " THEN clean - patched ELSE patched - corrupted END) FILTER (status = 'ok') AS indirect"
            + " FROM measures GROUP BY ALL";
    String sitePairs =
        "SELECT "
            + group
            + ", measure, 1 AS sites, pair_id, "
            + forEachStatus(s -> "CASE WHEN status = '" + s + "' THEN 1 ELSE 0 END AS n_" + s)
            + ", CASE WHEN status = 'ok' THEN measured END AS measured, CASE WHEN status = 'ok' THEN"
            + " clean - corrupted END AS total, CASE WHEN status <> 'ok' THEN NULL WHEN measure ="
            + " 'effect' AND direction = 'noising' THEN clean - patched ELSE patched - corrupted END AS"
            + " indirect FROM measures";
    String statistics =
        " CAST(max(sites) AS INTEGER) AS sites, CAST(count(measured) AS INTEGER) AS n, "
            + forEachStatus(s -> "CAST(sum(n_" + s + ") AS INTEGER) AS n_" + s)
            + ", avg(measured) AS mean_of_ratios, stddev_samp(measured) AS standard_deviation,"
            + " min(measured) AS minimum, quantile_cont(measured, [0.05, 0.25, 0.5, 0.75, 0.95]) AS q,"
            + " q[1] AS quantile_05, q[2] AS quantile_25, q[3] AS median, q[4] AS quantile_75, q[5] AS"
            + " quantile_95, max(measured) AS maximum, avg(total) AS average_total_effect,"
            + " avg(indirect) AS average_indirect_effect";
    return "WITH measures AS ("
        + measures
        + "), of_layers AS ("
        + layerPairs
        + "), of_sites AS ("
        + sitePairs
        + ") SELECT "
        + group
        + ", measure, 'layer' AS grouping,"
        + statistics
        + " FROM of_layers GROUP BY "
        + group
        + ", measure UNION ALL SELECT "
        + group
        + ", measure, 'site',"
        + statistics
        + " FROM of_sites GROUP BY "
        + group
        + ", measure";
  }

  /** Student's t for each number of pairs that there is. */
  private void createQuantiles() throws SQLException {
    execute("CREATE TEMP TABLE quantiles (n INTEGER, t DOUBLE)");
    List<Integer> sizes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT DISTINCT n FROM groups WHERE n > 1")) {
      while (rows.next()) {
        sizes.add(rows.getInt(1));
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO quantiles VALUES (?, ?)")) {
      for (int n : sizes) {
        insert.setInt(1, n);
        insert.setDouble(
            2, new TDistribution(n - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2));
        insert.execute();
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String list(List<Path> paths) {
    return paths.stream()
        .map(path -> "'" + ResultQueries.asText(path) + "'")
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
