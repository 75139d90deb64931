package org.patchgrid.query;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PatchgridException;

/**
 * Answers query files over a study's results on the local disk, by DuckDB in this process. Views
 * are looked up at each query, so that a running study's new files are seen. One thread at a time.
 *
 * <p>Values become a row of the table {@code parameters} by a prepared statement; only the
 * directories' names are ever put into SQL, by whoever opens this.
 */
public final class ResultQueries implements AutoCloseable {
  /** Before a parameter's name: the variable by which cells may be narrowed. */
  public static final String NARROW = "cells_";

  private final Connection connection;
  private final Path results;
  private final Optional<Path> other;

  private ResultQueries(Connection connection, Path results, Optional<Path> other) {
    this.connection = connection;
    this.results = results;
    this.other = other;
  }

  /**
   * Opens the results of a study, and maybe of a second one to compare it with.
   *
   * @param views the file {@code conf/queries/views/duckdb.sql}
   */
  public static ResultQueries open(Path views, Path results, Optional<Path> other)
      throws IOException, SQLException {
    Connection connection = DriverManager.getConnection("jdbc:duckdb:");
    ResultQueries queries = new ResultQueries(connection, results, other);
    try {
      queries.makeViews(Files.readString(views));
    } catch (IOException | SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
    return queries;
  }

  private void makeViews(String views) throws IOException, SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String view : views.split(";\\s*(\\n|$)", -1)) {
        if (view.isBlank() || !isThere(view)) {
          continue;
        }
        String sql = view.replace("{dir}", asText(results));
        statement.execute(other.map(path -> sql.replace("{other}", asText(path))).orElse(sql));
      }
    }
  }

  /** DuckDB refuses a view over no files. */
  private boolean isThere(String view) throws IOException {
    if (view.contains("{other}")) {
      return other.isPresent() && hasFiles(other.get(), "aggregates");
    }
    for (String table : List.of("cells", "pairs", "aggregates", "manifest")) {
      if (view.contains("{dir}/" + table + "/") && !hasFiles(results, table)) {
        return false;
      }
    }
    return !view.contains("FROM pairs") || hasFiles(results, "pairs");
  }

  private static boolean hasFiles(Path directory, String table) throws IOException {
    Path folder = directory.resolve(table);
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{parquet,jsonl}")) {
      return files.iterator().hasNext();
    }
  }

  /** A path as part of a text of SQL that DuckDB takes for a pattern of names. */
  public static String asText(Path path) {
    return path.toString().replaceAll("([\\[*?])", "[$1]").replace("'", "''");
  }

  /** Takes one row after the other; a null is null. */
  public interface Rows {
    void row(List<@Nullable Object> values) throws IOException;
  }

  /**
   * Runs a query.
   *
   * @param values of its parameters, as texts; those left out have their defaults
   * @param rows gets the rows, in order
   * @throws PatchgridException if a parameter is unknown, missing, of another type or misspelt, or
   *     a table that the query reads is not there yet
   */
  public void run(QueryFile query, Map<String, String> values, Rows rows)
      throws IOException, SQLException {
    requireTables(query);
    if (run(connection, query, values, rows) == 0) {
      requireKnown(connection, query, values);
    }
  }

  /**
   * Looks whether the answer to a query is empty because a value is misspelt.
   *
   * @throws PatchgridException if it is; the message names near values
   */
  public static void requireKnown(
      Connection connection, QueryFile query, Map<String, String> values) throws SQLException {
    new KnownValues(connection).require(query, values);
  }

  /**
   * Runs a query over relations that the caller has made; makes the table {@code parameters} alone.
   * For each parameter by which the query narrows cells, the connection's variable {@code
   * cells_NAME} has its value, so that the caller's relation can leave out what the query would.
   *
   * @param values as in {@link #run(QueryFile, Map, Rows)}
   * @return how many rows there were
   */
  public static long run(
      Connection connection, QueryFile query, Map<String, String> values, Rows rows)
      throws IOException, SQLException {
    setParameters(connection, query, values);
    for (String name : query.narrows()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "SET VARIABLE %s%s = (SELECT %s FROM parameters)".formatted(NARROW, name, name));
      }
    }
    return run(connection, query.sql(), rows);
  }

  /** All rows of {@code aggregates}; the first row is the columns' names. */
  public void aggregates(Rows rows) throws IOException, SQLException {
    requireAggregates("export", results);
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM aggregates LIMIT 0")) {
      List<@Nullable Object> names = new ArrayList<>();
      for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
        names.add(result.getMetaData().getColumnName(column));
      }
      rows.row(names);
    }
    run(connection, "SELECT * FROM aggregates", rows);
  }

  private static long run(Connection connection, String sql, Rows rows)
      throws IOException, SQLException {
    long count = 0;
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<@Nullable Object> values = new ArrayList<>(columns);
        for (int column = 1; column <= columns; column++) {
          values.add(result.getObject(column));
        }
        rows.row(values);
        count++;
      }
      return count;
    }
  }

  private void requireTables(QueryFile query) throws IOException {
    if (query.reads("aggregates")) {
      requireAggregates("run query '" + query.name() + "'", results);
    }
    if (query.reads("other_aggregates")) {
      Path second =
          other.orElseThrow(
              () ->
                  new PatchgridException(
                      "Cannot run query '%s' on one study: name the second one by --other"
                          .formatted(query.name())));
      requireAggregates("run query '" + query.name() + "'", second);
    }
    for (String table : List.of("cells", "pairs")) {
      if (query.reads(table) && !hasFiles(results, table)) {
        throw new PatchgridException(
            "Cannot run query '%s' on '%s': no task of the study is complete yet"
                .formatted(query.name(), results));
      }
    }
  }

  private static void requireAggregates(String what, Path directory) throws IOException {
    if (!hasFiles(directory, "aggregates")) {
      throw new PatchgridException(
          "Cannot %s: '%s' has no aggregates yet; make them by `patchgrid aggregate %s`"
              .formatted(what, directory, directory));
    }
  }

  private static void setParameters(
      Connection connection, QueryFile query, Map<String, String> values) throws SQLException {
    List<QueryParameter> parameters = query.parameters();
    for (String name : values.keySet()) {
      if (parameters.stream().noneMatch(parameter -> parameter.name().equals(name))) {
        throw new PatchgridException(
            "Query '%s' has no parameter '%s': it has %s"
                .formatted(query.name(), name, known(name, parameters)));
      }
    }
    if (parameters.isEmpty()) {
      return;
    }
    String columns =
        parameters.stream()
            .map(parameter -> parameter.name() + " " + parameter.type().duckDbName())
            .collect(Collectors.joining(", "));
    String places = parameters.stream().map(parameter -> "?").collect(Collectors.joining(", "));
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE OR REPLACE TEMPORARY TABLE parameters (" + columns + ")");
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO parameters VALUES (" + places + ")")) {
      for (int i = 0; i < parameters.size(); i++) {
        QueryParameter parameter = parameters.get(i);
        Optional<String> text =
            Optional.ofNullable(values.get(parameter.name())).or(parameter::defaultText);
        if (text.isEmpty() && parameter.required()) {
          throw new PatchgridException(
              "Query '%s' needs the parameter '%s': give --parameter %s=VALUE"
                  .formatted(query.name(), parameter.name(), parameter.name()));
        }
        insert.setObject(i + 1, text.map(parameter::parse).orElse(null));
      }
      insert.execute();
    }
  }

  private static String known(String name, List<QueryParameter> parameters) {
    return parameters.isEmpty()
        ? "none"
        : NearestName.list(name, parameters.stream().map(QueryParameter::name).toList());
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
