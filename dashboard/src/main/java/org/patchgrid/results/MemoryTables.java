package org.patchgrid.results;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.patchgrid.query.ResultQueries;

/**
 * Puts copies in memory in the place of relations that are read from files, with the same rows.
 *
 * <p>Cells are kept compressed and in the order of their keys, so that a question that narrows them
 * ({@link org.patchgrid.query.QueryFile#narrows}) reads little else than what it is about. Texts of
 * cells become enums whose order is that of the texts, so that comparing, sorting and grouping mean
 * the same and cost what small numbers cost.
 */
record MemoryTables(Connection connection) {
  /** Pairs come last: most questions are about all pairs of some sites. */
  private static final List<String> CELLS_ORDER =
      List.of(
          "sweep",
          "direction",
          "metric",
          "component",
          "layer",
          "head",
          "position",
          "position_label",
          "\"window\"",
          "pair_id");

  /** What to execute, one after the other. Relations without files are as they should be. */
  List<String> statements() throws SQLException {
    List<String> statements = new ArrayList<>();
    statements.add("ATTACH ':memory:' AS loaded (COMPRESS)");
    for (String relation : List.of("manifest", "pairs")) {
      if (isView(relation)) {
        statements.add("CREATE TABLE loaded." + relation + " AS SELECT * FROM " + relation);
        statements.add(
            "CREATE OR REPLACE VIEW " + relation + " AS SELECT * FROM loaded." + relation);
      }
    }
    if (isView("cells")) {
      addCells(statements);
    }
    return statements;
  }

  private boolean isView(String relation) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT 1 FROM duckdb_views() WHERE view_name = '" + relation + "'")) {
      return rows.next();
    }
  }

  private void addCells(List<String> statements) throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("DESCRIBE cells")) {
      while (rows.next()) {
        types.put(rows.getString("column_name"), rows.getString("column_type"));
      }
    }
    Set<String> names = namesAmong(types);
    types.replaceAll((column, type) -> names.contains(column) ? enumOf(column) : type);
    types.forEach(
        (column, type) -> {
          if (type.equals(enumOf(column))) {
            statements.add(
                "CREATE TYPE %s AS ENUM (SELECT DISTINCT \"%s\" FROM cells WHERE \"%s\" IS NOT NULL ORDER BY 1)"
                    .formatted(type, column, column));
          }
        });
    statements.add(
        "CREATE TABLE loaded.cells AS SELECT "
            + types.entrySet().stream()
                .map(
                    e ->
                        "CAST(\"%s\" AS %s) AS \"%s\""
                            .formatted(e.getKey(), e.getValue(), e.getKey()))
                .collect(Collectors.joining(", "))
            + " FROM cells ORDER BY "
            + String.join(", ", CELLS_ORDER));
    statements.add(
        "CREATE OR REPLACE VIEW cells AS SELECT * FROM loaded.cells WHERE "
            + types.entrySet().stream()
                .filter(
                    e ->
                        e.getValue().equals(enumOf(e.getKey()))
                            || e.getValue().equals("VARCHAR")
                            || e.getValue().equals("INTEGER"))
                .map(e -> narrowed(e.getKey(), e.getValue()))
                .collect(Collectors.joining(" AND ")));
  }

  /**
   * The columns of texts that can be enums: DuckDB does not sort by an enum without values, and its
   * driver reads those of other characters than ASCII wrongly.
   */
  private Set<String> namesAmong(Map<String, String> types) throws SQLException {
    List<String> texts =
        types.keySet().stream().filter(column -> "VARCHAR".equals(types.get(column))).toList();
    String able =
        texts.stream()
            .map("coalesce(bool_and(strlen(\"%1$s\") = length(\"%1$s\")), FALSE)"::formatted)
            .collect(Collectors.joining(", "));
    Set<String> names = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + able + " FROM cells")) {
      row.next();
      for (int i = 0; i < texts.size(); i++) {
        if (row.getBoolean(i + 1)) {
          names.add(texts.get(i));
        }
      }
    }
    return names;
  }

  private static String enumOf(String column) {
    return "loaded.main." + column + "_names";
  }

  /** A text that no cell has becomes null, which equals nothing. */
  private static String narrowed(String column, String type) {
    String variable = "getvariable('" + ResultQueries.NARROW + column + "')";
    return "(%s IS NULL OR \"%s\" = TRY_CAST(%s AS %s))"
        .formatted(variable, column, variable, type);
  }
}
