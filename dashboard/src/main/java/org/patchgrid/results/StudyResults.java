package org.patchgrid.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.patchgrid.query.QueryColumn;
import org.patchgrid.query.QueryFile;
import org.patchgrid.query.ResultQueries;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/**
 * The tables of one study, as they were when it was opened, and the aggregates of another one.
 * Several threads may ask at once.
 */
public final class StudyResults implements AutoCloseable {
  private static final long WORKING_MEBIBYTES = 1024;

  private final DuckDBConnection database;
  private final AggregateOrigin origin;
  private Optional<Statement> loading = Optional.empty();
  private volatile boolean loaded;
  private volatile boolean closed;

  private StudyResults(DuckDBConnection database, AggregateOrigin origin) {
    this.database = database;
    this.origin = origin;
  }

  /**
   * Reads what is needed of the studies.
   *
   * @param views the file {@code conf/queries/views/duckdb.sql}
   * @param other the study that {@code compare-studies} compares with
   */
  public static StudyResults open(Path views, StudyFiles study, Optional<StudyFiles> other) {
    try {
      DuckDBConnection database =
          DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
      try (Statement statement = database.createStatement()) {
        statement.execute("SET parquet_metadata_cache = true");
        statement.execute("SET memory_limit = '" + mebibytes(study) + "MiB'");
        statement.execute(
            "SET temp_directory = '"
                + System.getProperty("java.io.tmpdir").replace("'", "''")
                + "/patchgrid-duckdb'");
      }
      AggregateOrigin origin = new StudyRelations(database, study).create(views);
      if (other.isPresent()) {
        new StudyRelations(database, other.get()).createOtherAggregates();
      } else {
        try (Statement statement = database.createStatement()) {
          statement.execute("CREATE VIEW other_aggregates AS SELECT * FROM aggregates WHERE false");
        }
      }
      return new StudyResults(database, origin);
    } catch (SQLException | IOException e) {
      throw new PatchgridException(
          "Cannot read the tables in '%s': %s".formatted(study.directory(), Reason.of(e)), e);
    }
  }

  /** Room for the tables and for work on them; what needs more is written to the disk meanwhile. */
  private static long mebibytes(StudyFiles study) throws IOException {
    long bytes = 0;
    for (Path file : study.table("cells")) {
      bytes += Files.size(file);
    }
    return WORKING_MEBIBYTES + 2 * (bytes >> 20);
  }

  public AggregateOrigin origin() {
    return origin;
  }

  /**
   * Asks a question.
   *
   * @param values of its parameters, as texts; those left out have their defaults
   * @throws PatchgridException if a parameter is unknown, missing or of another type
   */
  public QueryResult run(QueryFile query, Map<String, String> values) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (Connection connection = database.duplicate()) {
      ResultQueries.run(connection, query, values, rows::add);
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("The query " + query.name() + " failed", e);
    }
    return new QueryResult(query.columns().stream().map(QueryColumn::name).toList(), rows);
  }

  /**
   * Looks whether an answer is empty because a value is misspelt.
   *
   * @throws PatchgridException if it is; the message names near values
   */
  public void requireKnown(QueryFile query, Map<String, String> values) {
    try (Connection connection = database.duplicate()) {
      ResultQueries.requireKnown(connection, query, values);
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot look for the values of " + query.name(), e);
    }
  }

  /**
   * Copies the tables into memory, so that a question about some cells reads few others. Until it
   * ends, and should it fail, questions read the files; the answers are the same. Ends early when
   * the results are closed.
   */
  public void load() {
    try (Connection connection = database.duplicate();
        Statement statement = connection.createStatement()) {
      beginLoading(statement);
      try {
        for (String sql : new MemoryTables(connection).statements()) {
          if (closed) {
            return;
          }
          statement.execute(sql);
        }
        loaded = true;
      } finally {
        endLoading(); // before the statement is closed, which nobody may cancel afterwards
      }
    } catch (SQLException e) {
      if (!closed) {
        throw new IllegalStateException("Cannot read the tables into memory", e);
      }
    }
  }

  private synchronized void beginLoading(Statement statement) {
    loading = Optional.of(statement);
  }

  private synchronized void endLoading() {
    loading = Optional.empty();
  }

  private synchronized void cancelLoading() throws SQLException {
    if (loading.isPresent()) {
      loading.get().cancel();
    }
  }

  public boolean loaded() {
    return loaded;
  }

  /** For tests that write tables. */
  void execute(String sql) throws SQLException {
    try (Connection connection = database.duplicate();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      cancelLoading();
      database.close();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot close DuckDB", e);
    }
  }
}
