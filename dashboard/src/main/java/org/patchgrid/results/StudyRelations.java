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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.TDistribution;
import org.patchgrid.query.ResultQueries;
import org.patchgrid.study.CellStatus;

/** Makes the relations that queries read (conf/queries/README.md) over one result directory. */
record StudyRelations(Connection connection, StudyFiles files) {
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
    String[] statements =
        Resource.text(StudyRelations.class, "aggregates.sql")
            .replace(
                "{sum of each status}", forEachStatus("CAST(sum(n_%1$s) AS INTEGER) AS n_%1$s"))
            .replace(
                "{count of each status}",
                forEachStatus("count(*) FILTER (status = '%1$s') AS n_%1$s"))
            .replace(
                "{each status of one}",
                forEachStatus("CASE WHEN status = '%1$s' THEN 1 ELSE 0 END AS n_%1$s"))
            .replace("{name}", name)
            .replace("{cells}", cells)
            .split(";", 2);
    execute(statements[0]);
    createQuantiles();
    execute(statements[1]);
    execute("DROP TABLE groups");
    execute("DROP TABLE quantiles");
  }

  private static String forEachStatus(String column) {
    return Stream.of(CellStatus.values())
        .map(status -> column.formatted(status.label()))
        .collect(Collectors.joining(", "));
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
