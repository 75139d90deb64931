package org.patchgrid.report;

import java.util.Map;
import java.util.Optional;
import org.patchgrid.results.QueryResult;

/**
 * A chart with the rows it was drawn from.
 *
 * @param id unique in a page, and the name of an exported file
 * @param title what it shows
 * @param caption how to read it
 * @param svg the chart; empty for a table alone
 * @param query name of the query file
 * @param parameters what the query was told
 */
record Figure(
    String id,
    String title,
    String caption,
    Optional<String> svg,
    String query,
    Map<String, String> parameters,
    QueryResult data) {
  public Figure {
    parameters = Map.copyOf(parameters);
  }
}
