package org.patchgrid.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code expected.jsonl} and a table {@code pairs} both say of a pair, as text: token ids,
 * where the prompts differ, the ids of answer and foil, and what the model predicts.
 */
record GoldenPair(
    String cleanTokens,
    String corruptedTokens,
    String differingPositions,
    String firstDifference,
    String answer,
    String foil,
    String cleanTop1,
    String corruptedTop1) {

  private static final String QUERY =
      """
      SELECT pair_id, clean_tokens, corrupted_tokens, list_filter(range(len(clean_tokens)),
          i -> clean_tokens[i + 1] IS DISTINCT FROM corrupted_tokens[i + 1]) AS differing,
        first_difference, answer_id, foil_id, clean_top1, corrupted_top1
      FROM read_parquet('%s/pairs/*.parquet')
      """;

  /** By pair, of all pairs of a model. */
  static Map<String, GoldenPair> expected(String model) throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    Map<String, GoldenPair> pairs = new TreeMap<>();
    for (String line : Goldens.lines("expected.jsonl")) {
      JsonNode pair = json.readTree(line);
      if (pair.path("model").asText().equals(model)) {
        pairs.put(
            pair.path("id").asText(),
            new GoldenPair(
                text(pair.path("clean_ids")),
                text(pair.path("corrupted_ids")),
                text(pair.path("differ_at")),
                text(pair.path("differ_at").path(0)),
                text(pair.path("answer_id")),
                text(pair.path("foil_id")),
                text(pair.path("clean_top1_id")),
                text(pair.path("corrupted_top1_id"))));
      }
    }
    return pairs;
  }

  private static String text(JsonNode value) {
    return value.toString();
  }

  /**
   * By pair.
   *
   * @param out directory of the study's results
   * @throws IllegalStateException if a pair is there twice
   */
  static Map<String, GoldenPair> measured(Path out) {
    Map<String, GoldenPair> pairs = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY.formatted(out))) {
      while (row.next()) {
        GoldenPair pair =
            new GoldenPair(
                text(row, "clean_tokens"),
                text(row, "corrupted_tokens"),
                text(row, "differing"),
                text(row, "first_difference"),
                text(row, "answer_id"),
                text(row, "foil_id"),
                text(row, "clean_top1"),
                text(row, "corrupted_top1"));
        if (pairs.put(row.getString("pair_id"), pair) != null) {
          throw new IllegalStateException("Twice in pairs: " + row.getString("pair_id"));
        }
      }
      return pairs;
    } catch (SQLException e) {
      throw new AssertionError("DuckDB cannot read the pairs of " + out, e);
    }
  }

  /** As JSON: DuckDB writes a list with spaces, and null is a word. */
  private static String text(ResultSet row, String column) throws SQLException {
    return String.valueOf(row.getObject(column)).replace(" ", "");
  }
}
