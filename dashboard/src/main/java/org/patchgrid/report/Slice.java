package org.patchgrid.report;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.patchgrid.results.QueryResult;
import org.patchgrid.study.Sha256;

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

  /** For ids of a page and names of files; another one for each slice. */
  String id(String kind) {
    return String.join("-", kind, idOf(sweep), direction, metric);
  }

  /**
   * A name of the user's as part of an id: as it is if an id can have all of its signs. Otherwise
   * others stand for those, and the beginning of a hash keeps it apart from names that differ in
   * them alone.
   */
  static String idOf(String name) {
    String plain = plain(name);
    return plain.equals(name)
        ? name
        : plain + "-" + Sha256.of(name.getBytes(StandardCharsets.UTF_8)).substring(0, 8);
  }

  /** A name of ours as part of an id: no two of them differ in these signs alone. */
  static String plain(String name) {
    return name.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  @Override
  public String toString() {
    return sweep.equals("default")
        ? direction + ", " + metric
        : "sweep " + sweep + ", " + direction + ", " + metric;
  }
}
