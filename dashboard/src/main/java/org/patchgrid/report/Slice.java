package org.patchgrid.report;

import java.util.Map;
import java.util.TreeMap;
import org.patchgrid.results.QueryResult;

/** The part of a study that one chart can show: effects of other slices are not comparable. */
record Slice(String sweep, String direction, String metric) {
  /** Of a row that has the three columns. */
  static Slice of(QueryResult.Row row) {
    return new Slice(row.name("sweep"), row.name("direction"), row.name("metric"));
  }

  Map<String, String> parameters() {
    return Map.of("sweep", sweep, "direction", direction, "metric", metric);
  }

  Map<String, String> parameters(String name, String value) {
    Map<String, String> all = new TreeMap<>(parameters());
    all.put(name, value);
    return all;
  }

  /** For ids of a page. */
  String id(String kind) {
    return (kind + "-" + sweep + "-" + direction + "-" + metric).replaceAll("[^A-Za-z0-9_-]", "_");
  }

  @Override
  public String toString() {
    return sweep.equals("default")
        ? direction + ", " + metric
        : "sweep " + sweep + ", " + direction + ", " + metric;
  }
}
