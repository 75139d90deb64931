package org.patchgrid.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Component;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchgridException;

/**
 * Tells a misspelt value of a parameter from one that has no rows. To be asked where an answer is
 * empty: whatever has rows is known.
 */
record KnownValues(Connection connection) {
  private static final List<String> RELATIONS = List.of("aggregates", "cells", "pairs", "tokens");

  /** More than these are looked through for a near one, but not listed: ids of pairs. */
  private static final int MOST_LISTED = 20;

  private static final int MOST_READ = 10_000;

  /**
   * Looks for each value in the relations that a query reads, for a pair's id among all pairs too,
   * unless it is a word of Patchgrid's. Where these are still empty, every value will do.
   *
   * @param values as they were given
   * @throws PatchgridException if there is none like it; the message names near ones
   */
  void require(QueryFile query, Map<String, String> values) throws SQLException {
    for (QueryParameter parameter : query.parameters()) {
      String name = parameter.name();
      String value = values.get(name);
      if (value != null && parameter.type() == ColumnType.STRING && !isWord(name, value)) {
        require(query, name, value);
      }
    }
  }

  private static boolean isWord(String parameter, String value) {
    return switch (parameter) {
      case "metric" -> Arrays.stream(Metric.values()).anyMatch(m -> m.label().equals(value));
      case "direction" ->
          Arrays.stream(PatchDirection.values()).anyMatch(d -> d.label().equals(value));
      case "component" -> Component.named(value).isPresent();
      case "status" -> Arrays.stream(PairStatus.values()).anyMatch(s -> s.label().equals(value));
      default -> false;
    };
  }

  private void require(QueryFile query, String column, String value) throws SQLException {
    TreeSet<String> known = new TreeSet<>();
    for (String relation : RELATIONS) {
      if ((query.reads(relation) || isOfPairs(relation, column)) && has(relation, column)) {
        String text = "CAST(\"%s\" AS VARCHAR)".formatted(column);
        if (!texts("SELECT 1 FROM %s WHERE %s = ? LIMIT 1".formatted(relation, text), value)
            .isEmpty()) {
          return;
        }
        known.addAll(
            texts(
                "SELECT DISTINCT %s FROM %s WHERE %s IS NOT NULL LIMIT %d"
                    .formatted(text, relation, text, MOST_READ)));
      }
    }
    if (!known.isEmpty()) {
      throw new PatchgridException(
          "The study has no %s '%s'%s"
              .formatted(
                  column,
                  value,
                  known.size() > MOST_LISTED
                      ? NearestName.question(value, known)
                      : ": there are " + NearestName.list(value, known)));
    }
  }

  /** A pair is one of the study, whether a query has rows of it or not. */
  private static boolean isOfPairs(String relation, String column) {
    return relation.equals("pairs") && column.equals("pair_id");
  }

  private boolean has(String relation, String column) throws SQLException {
    return !texts(
            "SELECT 1 FROM duckdb_columns() WHERE table_name = ? AND column_name = ?",
            relation,
            column)
        .isEmpty();
  }

  private List<String> texts(String sql, String... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      List<String> texts = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
      return texts;
    }
  }
}
