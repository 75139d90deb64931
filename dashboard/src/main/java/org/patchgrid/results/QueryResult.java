package org.patchgrid.results;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a query gave. Values are {@code String}, {@code Integer}, {@code Long}, {@code
 * Double}, {@code Boolean} or null.
 */
public record QueryResult(List<String> columns, List<List<@Nullable Object>> rows) {
  public QueryResult {
    columns = List.copyOf(columns);
    List<List<@Nullable Object>> copies = new ArrayList<>(rows.size());
    rows.forEach(row -> copies.add(Collections.unmodifiableList(row)));
    rows = Collections.unmodifiableList(copies);
  }

  /** Its rows, to be asked by column. */
  public List<Row> records() {
    return rows.stream().map(row -> new Row(this, row)).toList();
  }

  private int index(String column) {
    int index = columns.indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException("No column " + column + " in " + columns);
    }
    return index;
  }

  /** One row. */
  public static final class Row {
    private final QueryResult result;
    private final List<@Nullable Object> values;

    private Row(QueryResult result, List<@Nullable Object> values) {
      this.result = result;
      this.values = values;
    }

    public List<@Nullable Object> values() {
      return values;
    }

    private @Nullable Object value(String column) {
      return values.get(result.index(column));
    }

    public Optional<String> text(String column) {
      Object value = value(column);
      return value == null ? Optional.empty() : Optional.of(value.toString());
    }

    /** Empty for null. */
    public String name(String column) {
      return text(column).orElse("");
    }

    public OptionalInt integer(String column) {
      return value(column) instanceof Number number
          ? OptionalInt.of(Math.toIntExact(number.longValue()))
          : OptionalInt.empty();
    }

    /** 0 for null. */
    public long count(String column) {
      return value(column) instanceof Number number ? number.longValue() : 0;
    }

    public OptionalDouble number(String column) {
      return value(column) instanceof Number number
          ? OptionalDouble.of(number.doubleValue())
          : OptionalDouble.empty();
    }
  }
}
