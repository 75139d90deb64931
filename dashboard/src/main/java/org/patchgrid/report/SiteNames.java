package org.patchgrid.report;

import java.util.Map;
import org.patchgrid.results.QueryResult;

/** Sites as people write them. */
final class SiteNames {
  private SiteNames() {}

  /**
   * For example {@code self_attn.z, layer 3, head 2, subject}; an entry of a pattern ends with
   * {@code source position 2}, a path with {@code to final}.
   */
  static String site(QueryResult.Row row) {
    StringBuilder name = new StringBuilder(row.name("component"));
    row.integer("layer").ifPresent(layer -> name.append(", layer ").append(layer));
    row.integer("head").ifPresent(head -> name.append(", head ").append(head));
    row.integer("position").ifPresent(position -> name.append(", position ").append(position));
    row.text("position_label").ifPresent(label -> name.append(", ").append(label));
    row.integer("source_position")
        .ifPresent(source -> name.append(", source position ").append(source));
    row.text("receiver").ifPresent(receiver -> name.append(", to ").append(receiver));
    return name.toString();
  }

  /**
   * A layer with those that were patched together with it: {@code Layer 4}, {@code Layer 4 ±1} for
   * a window of three, {@code Layers 3-4} for one of two.
   *
   * @param last the last layer that there is; a window ends there
   */
  static String layers(QueryResult.Row row, int last) {
    int layer = row.integer("layer").orElse(0);
    int window = row.integer("window").orElse(1);
    if (window % 2 == 1) {
      return "Layer %2d".formatted(layer) + (window == 1 ? "" : " ±" + window / 2);
    }
    int first = Math.max(0, layer - window / 2);
    int end = Math.min(last, layer + window / 2 - 1);
    return first == end ? "Layer %2d".formatted(first) : "Layers %d-%d".formatted(first, end);
  }

  /** What one chart is of: a component, or the paths from it to one receiver. */
  static String component(QueryResult.Row row) {
    return row.name("component")
        + row.text("receiver").map(receiver -> " to " + receiver).orElse("");
  }

  /** What {@link #component} says, as part of an id; a set has the name that the user gave it. */
  static String idOf(String component) {
    int name = component.indexOf(':') + 1;
    return name == 0
        ? Slice.plain(component)
        : Slice.plain(component.substring(0, name)) + Slice.idOf(component.substring(name));
  }

  /**
   * A column of a map of positions: {@code 5 is}, {@code subject}, or {@code 5 is <- 2 Mary} for an
   * entry of a pattern; empty for all positions together.
   *
   * @param tokens to be shown behind a position
   */
  static String column(QueryResult.Row row, Map<Integer, String> tokens) {
    String name = row.text("position_label").orElseGet(() -> position(row, "position", "", tokens));
    return (name + position(row, "source_position", " <- ", tokens)).strip();
  }

  private static String position(
      QueryResult.Row row, String column, String before, Map<Integer, String> tokens) {
    return row.integer(column).stream()
        .mapToObj(number -> before + number + " " + tokens.getOrDefault(number, ""))
        .findFirst()
        .orElse("")
        .stripTrailing();
  }
}
