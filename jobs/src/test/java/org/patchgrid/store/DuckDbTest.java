package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.TaskResult;
import org.patchgrid.table.SampleRows;

/** The tables as a reader that is not ours sees them. */
class DuckDbTest {
  private StudyFolder folder;

  @BeforeEach
  void setUp(@TempDir Path directory) throws IOException {
    folder = new StudyFolder(directory.resolve("out"));
    try (ResultStore store = folder.open()) {
      store.commit(folder.stage(store, 0));
      store.commit(folder.stage(store, 1));
      // A task whose only pair was skipped.
      TaskResult skipped =
          new TaskResult(
              List.of(SampleRows.pair("p2", PairStatus.INVALID), SampleRows.alone("p3")),
              List.of(),
              0,
              0,
              Map.of());
      store.commit(folder.stage(store, 2, 1, skipped));
      store.commit(
          folder.stage(
              store, 3, 1, new TaskResult(List.of(), SampleRows.manyRows(3), 9, 0, Map.of())));
      store.finish(RunOutcome.COMPLETE, 0);
    }
  }

  /** Rows with their columns separated by "|". */
  private List<String> query(String sql, String table) throws SQLException {
    String glob = "'" + folder.root + "/" + table + "/*.parquet'";
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql.formatted(glob))) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> fields = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          fields.add(String.valueOf(result.getObject(column)));
        }
        rows.add(String.join("|", fields));
      }
    }
    return rows;
  }

  @Test
  void cellsHaveTheirTypes() throws SQLException {
    assertThat(query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM %s)", "cells"))
        .containsExactly(
            "study_id|VARCHAR",
            "sweep|VARCHAR",
            "pair_id|VARCHAR",
            "direction|VARCHAR",
            "component|VARCHAR",
            "layer|INTEGER",
            "head|INTEGER",
            "position|INTEGER",
            "position_label|VARCHAR",
            "window|INTEGER",
            "value|VARCHAR",
            "corruption|VARCHAR",
            "source_position|INTEGER",
            "receiver|VARCHAR",
            "metric|VARCHAR",
            "clean|DOUBLE",
            "corrupted|DOUBLE",
            "patched|DOUBLE",
            "recovery|DOUBLE",
            "effect|DOUBLE",
            "status|VARCHAR");
  }

  @Test
  void pairsHaveTheirTypes() throws SQLException {
    assertThat(query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM %s)", "pairs"))
        .containsExactly(
            "study_id|VARCHAR",
            "pair_id|VARCHAR",
            "status|VARCHAR",
            "reason|VARCHAR",
            "clean|VARCHAR",
            "corrupted|VARCHAR",
            "clean_tokens|INTEGER[]",
            "corrupted_tokens|INTEGER[]",
            "clean_token_texts|VARCHAR[]",
            "corrupted_token_texts|VARCHAR[]",
            "first_difference|INTEGER",
            "answer_id|INTEGER",
            "foil_id|INTEGER",
            "clean_top1|INTEGER",
            "corrupted_top1|INTEGER",
            "labels|MAP(VARCHAR, VARCHAR)",
            "tags|MAP(VARCHAR, VARCHAR)");
  }

  @Test
  void cellsHaveTheirValues() throws SQLException {
    assertThat(
            query(
                "SELECT study_id, sweep, pair_id, direction, component, layer, head, position,"
                    + " \"window\", value, corruption, receiver, metric, clean, corrupted, patched,"
                    + " recovery, effect, status FROM %s WHERE pair_id = 'pair-1' AND layer = 1 AND"
                    + " metric = 'l2'",
                "cells"))
        .containsExactly(
            "capitals|sweep|pair-1|denoising|mlp|1|null|null|1|activation|prompt|null|l2|0.0|10.0|2.0"
                + "|0.8|0.8|ok");
    assertThat(query("SELECT count(*), count(head), count(position_label) FROM %s", "cells"))
        .containsExactly("104|72|6");
  }

  @Test
  void pairsHaveTheirValues() throws SQLException {
    assertThat(
            query(
                "SELECT pair_id, status, reason, clean, corrupted, clean_tokens,"
                    + " corrupted_tokens, corrupted_token_texts,"
                    + " first_difference, answer_id, foil_id, clean_top1, corrupted_top1,"
                    + " labels['subject'], tags FROM %s ORDER BY pair_id",
                "pairs"))
        .containsExactly(
            "p2|invalid|3 tokens, not 4|The capital of France is|The capital of Italy is|[7, 8, 9]"
                + "|[7, 8, 10]|[The, Ġcapital, ĠItaly]|2|41|null|42|43|[2, 3]|{relation=capital}",
            "p3|ok|null|The capital of France is|null|[7, 8, 9]|[]|[]|null|null|44|null|null|null|{}",
            "pair-0|ok|null|The capital of France is|The capital of Italy is|[7, 8, 9]"
                + "|[7, 8, 10]|[The, Ġcapital, ĠItaly]|2|41|null|42|43|[2, 3]|{relation=capital}",
            "pair-1|ok|null|The capital of France is|The capital of Italy is|[7, 8, 9]"
                + "|[7, 8, 10]|[The, Ġcapital, ĠItaly]|2|41|null|42|43|[2, 3]|{relation=capital}");
  }
}
