package org.patchgrid.figure;

import static org.patchgrid.figure.Text.px;

import java.util.stream.Stream;

/** What all charts have in common. */
final class Svg {
  static final String BAR = "#4477aa";
  static final String NEGATIVE_BAR = "#cc6677";
  static final String GRID = "#b5b5b5";
  static final int FONT = 12;

  /** SansSerif is Java's name, for pictures that Java makes. */
  private static final String FONTS = "system-ui,SansSerif,sans-serif";

  private Svg() {}

  /**
   * Begins a chart that a screen reader names by its title.
   *
   * @param id unique in the page
   */
  static Markup begin(String id, String title, double width, double height) {
    return new Markup()
        .open(
            "svg",
            "xmlns",
            "http://www.w3.org/2000/svg",
            "viewBox",
            "0 0 " + px(width) + " " + px(height),
            "width",
            px(width),
            "height",
            px(height),
            "role",
            "img",
            "aria-labelledby",
            id + "-title",
            "color",
            "#1a1a1a",
            "font-family",
            FONTS,
            "font-size",
            Integer.toString(FONT))
        .element("title", title, "id", id + "-title");
  }

  /** The hatching of what is so by construction. */
  static Markup hatching(Markup svg, String id) {
    return svg.open("defs")
        .open(
            "pattern",
            "id",
            id + "-hatch",
            "width",
            "6",
            "height",
            "6",
            "patternUnits",
            "userSpaceOnUse",
            "patternTransform",
            "rotate(45)")
        .empty("rect", "width", "2", "height", "6", "fill", "#9a9a9a")
        .close()
        .close();
  }

  /** A field that has no value. Grey under the stripes, whose tiles may not quite meet. */
  static Markup hatched(Markup svg, String id, double x, double y, double width, double height) {
    rect(svg, x, y, width, height, "#e8e8e8");
    return rect(svg, x, y, width, height, "url(#" + id + "-hatch)");
  }

  /**
   * @param more attributes
   */
  static Markup text(Markup svg, double x, double y, String anchor, String text, String... more) {
    Stream<String> attributes =
        Stream.of("x", px(x), "y", px(y), "text-anchor", anchor, "fill", "currentColor");
    return svg.element(
        "text", text, Stream.concat(attributes, Stream.of(more)).toArray(String[]::new));
  }

  static Markup line(Markup svg, double x1, double y1, double x2, double y2, String stroke) {
    return svg.empty(
        "line", "x1", px(x1), "y1", px(y1), "x2", px(x2), "y2", px(y2), "stroke", stroke);
  }

  static Markup rect(Markup svg, double x, double y, double width, double height, String fill) {
    return svg.empty(
        "rect", "x", px(x), "y", px(y), "width", px(width), "height", px(height), "fill", fill);
  }

  /** A whisker from low to high with small ends. */
  static Markup interval(Markup svg, double low, double high, double y) {
    return svg.empty(
        "path",
        "d",
        "M%s %sv6m0 -3H%sm0 -3v6".formatted(px(low), px(y - 3), px(high)),
        "stroke",
        "currentColor",
        "fill",
        "none");
  }
}
