package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks have no recovery, and still a mean effect in ranks, which differs by direction. */
class RankEffectsTest {
  @Test
  void meanEffectsAreThoseOfTheRows(@TempDir Path directory) throws IOException, SQLException {
    SmallStudy.aggregated(directory, "metrics=[answer_rank]");
    Path out = directory.resolve("out");
    String sql =
        """
        WITH sites AS (SELECT direction, component, position, avg(patched - corrupted) AS restored,
            avg(clean - patched) AS lost
          FROM '%1$s/cells/*.parquet' WHERE status = 'ok' GROUP BY ALL)
        SELECT count(*), count(*) FILTER (abs(average_indirect_effect -
            CASE WHEN measure = 'effect' AND direction = 'noising' THEN lost ELSE restored END)
            < 1e-9)
        FROM sites JOIN '%1$s/aggregates/*.parquet' USING (direction, component, position)
        WHERE grouping = 'site' AND tag IS NULL
        """;
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql.formatted(out))) {
      result.next();
      assertThat(result.getInt(1)).isPositive();
      assertThat(result.getInt(2)).isEqualTo(result.getInt(1));
    }
  }
}
