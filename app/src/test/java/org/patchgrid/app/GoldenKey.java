package org.patchgrid.app;

import java.util.OptionalInt;

/**
 * What names one measurement in the golden files of a model, and in a table {@code cells}.
 *
 * @param variant what is written, what corrupts or where a path ends, where there is a choice
 */
record GoldenKey(
    String pair,
    String direction,
    String component,
    int layer,
    OptionalInt head,
    OptionalInt position,
    int window,
    String metric,
    String variant) {

  @Override
  public String toString() {
    return "%s %s %s layer %d head %s position %s window %d %s %s"
        .formatted(
            pair, direction, component, layer, text(head), text(position), window, metric, variant);
  }

  private static String text(OptionalInt number) {
    return number.isPresent() ? Integer.toString(number.getAsInt()) : "all";
  }
}
