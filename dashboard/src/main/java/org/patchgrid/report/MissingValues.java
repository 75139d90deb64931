package org.patchgrid.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.results.QueryResult;

/**
 * Why a layer has no mean: the status that most of its measurements have; which sites have none.
 */
final class MissingValues {
  private static final List<String> COUNTS =
      List.of(
          "n_by_construction",
          "n_degenerate_baseline",
          "n_no_baseline",
          "n_not_finite",
          "n_failed");

  private final Map<List<Object>, String> notes = new HashMap<>();
  private final List<QueryResult.Row> sitesWithout;

  /**
   * @param statuses the rows of {@code statuses.sql}
   */
  MissingValues(QueryResult statuses) {
    sitesWithout =
        statuses.records().stream()
            .filter(row -> row.name("grouping").equals("site") && row.count("n") == 0)
            .toList();
    for (QueryResult.Row row : statuses.records()) {
      String most =
          COUNTS.stream()
              .max(Comparator.comparingLong(row::count).thenComparing(COUNTS::indexOf))
              .orElseThrow();
      if (row.name("grouping").equals("layer")) {
        notes.put(layer(row), most.substring(2).replace('_', ' '));
      }
    }
  }

  /**
   * The sites of a component that have no mean: queries about sites leave them out.
   *
   * @param component as {@link SiteNames#component} says it
   */
  List<QueryResult.Row> sitesWithout(Slice slice, String component) {
    return sitesWithout.stream()
        .filter(row -> slice.equals(Slice.of(row)) && SiteNames.component(row).equals(component))
        .toList();
  }

  /** Of a row of another query about layers. */
  String ofLayer(QueryResult.Row row) {
    return Optional.ofNullable(notes.get(layer(row))).orElse("no value");
  }

  private static List<Object> layer(QueryResult.Row row) {
    return List.of(
        Slice.of(row), SiteNames.component(row), row.integer("layer"), row.integer("window"));
  }
}
