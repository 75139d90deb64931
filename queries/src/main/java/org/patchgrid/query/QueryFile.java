package org.patchgrid.query;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PatchgridException;

/**
 * One file of {@code conf/queries}: a question, its parameters, the columns of its answer, and the
 * SQL. Its README has the format.
 *
 * @param name of the file, without {@code .sql}
 * @param narrows names of parameters that are also columns of {@code cells}: rows that have another
 *     value there than a parameter that is not null do not change the answer, and need not be read
 */
public record QueryFile(
    String name,
    String question,
    List<QueryParameter> parameters,
    List<QueryColumn> columns,
    List<String> narrows,
    String sql) {
  private static final String SUFFIX = ".sql";
  private static final Pattern PARAMETER =
      Pattern.compile("-- parameter: (\\w+) (\\w+) = (.+?)(?:, at least (-?\\d+))?");
  private static final Pattern NARROWS = Pattern.compile("-- narrows cells: (\\w+(?:, \\w+)*)");
  private static final Pattern COLUMN = Pattern.compile("-- column: (\\w+) (\\w+)(?:, (.+))?");

  public QueryFile {
    parameters = List.copyOf(parameters);
    columns = List.copyOf(columns);
    narrows = List.copyOf(narrows);
    List<String> known = parameters.stream().map(QueryParameter::name).toList();
    if (!known.containsAll(narrows)) {
      throw new IllegalArgumentException(
          name + " narrows cells by " + narrows + ", but its parameters are " + known);
    }
  }

  /**
   * The query of a directory that has this name.
   *
   * @throws PatchgridException if there is none; the message lists those that there are
   */
  public static QueryFile named(Path directory, String name) throws IOException {
    List<String> names = names(directory);
    if (!names.contains(name)) {
      throw new PatchgridException(
          "No query '%s': there are %s".formatted(name, NearestName.list(name, names)));
    }
    return read(directory.resolve(name + SUFFIX));
  }

  /** All queries of a directory, by name. */
  public static List<QueryFile> all(Path directory) throws IOException {
    List<QueryFile> queries = new ArrayList<>();
    for (String name : names(directory)) {
      queries.add(read(directory.resolve(name + SUFFIX)));
    }
    return queries;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(file -> file.endsWith(SUFFIX))
          .map(file -> file.substring(0, file.length() - SUFFIX.length()))
          .sorted()
          .toList();
    }
  }

  private static QueryFile read(Path file) throws IOException {
    String sql = Files.readString(file);
    String name = String.valueOf(file.getFileName()).replace(SUFFIX, "");
    List<String> comments =
        sql.lines().takeWhile(line -> line.startsWith("--")).collect(Collectors.toList());
    List<QueryParameter> parameters = new ArrayList<>();
    List<QueryColumn> columns = new ArrayList<>();
    List<String> narrows = new ArrayList<>();
    for (String comment : comments) {
      Matcher parameter = PARAMETER.matcher(comment);
      Matcher column = COLUMN.matcher(comment);
      Matcher narrowing = NARROWS.matcher(comment);
      if (parameter.matches()) {
        parameters.add(
            parameter(
                parameter.group(1),
                ColumnType.named(parameter.group(2)),
                parameter.group(3),
                Optional.ofNullable(parameter.group(4)).stream()
                    .mapToLong(Long::parseLong)
                    .findFirst()));
      } else if (column.matches()) {
        columns.add(
            new QueryColumn(
                column.group(1),
                ColumnType.named(column.group(2)),
                Optional.ofNullable(column.group(3)).orElse("")));
      } else if (narrowing.matches()) {
        narrows.addAll(List.of(narrowing.group(1).split(", ", -1)));
      }
    }
    return new QueryFile(
        name, comments.get(0).substring("-- ".length()), parameters, columns, narrows, sql);
  }

  private static QueryParameter parameter(
      String name, ColumnType type, String defaultText, OptionalLong least) {
    return switch (defaultText) {
      case "required" -> new QueryParameter(name, type, true, Optional.empty(), least);
      case "null" -> new QueryParameter(name, type, false, Optional.empty(), least);
      default -> new QueryParameter(name, type, false, Optional.of(defaultText), least);
    };
  }

  public boolean reads(String view) {
    return Pattern.compile("\\b" + view + "\\b").matcher(statement()).find();
  }

  private String statement() {
    return sql.lines()
        .filter(line -> !line.strip().startsWith("--"))
        .collect(Collectors.joining("\n"));
  }
}
