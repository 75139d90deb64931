package org.patchgrid.report;

import org.patchgrid.results.QueryResult;

/** Sites as people write them. */
final class SiteNames {
  private SiteNames() {}

  /** For example {@code self_attn.z, layer 3, head 2, subject}. */
  static String site(QueryResult.Row row) {
    StringBuilder name = new StringBuilder(row.name("component"));
    row.integer("layer").ifPresent(layer -> name.append(", layer ").append(layer));
    row.integer("head").ifPresent(head -> name.append(", head ").append(head));
    row.integer("position").ifPresent(position -> name.append(", position ").append(position));
    row.text("position_label").ifPresent(label -> name.append(", ").append(label));
    return name.toString();
  }

  /** A column of a heat map: a head, a position or a label. */
  static String column(QueryResult.Row row) {
    if (row.text("position_label").isPresent()) {
      return row.text("position_label").get();
    }
    return row.integer("position").isPresent()
        ? Integer.toString(row.integer("position").getAsInt())
        : "";
  }
}
