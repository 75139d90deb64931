package org.patchgrid.figure;

import static org.patchgrid.figure.Text.px;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Layers x positions, labels or heads; the first layer is above, as in the guide's table. */
public final class HeatMap {
  private static final double LABEL = 64;
  private static final double WIDTH = 860;
  private static final double LEGEND = 46;
  private static final int NUMBERS_UP_TO = 24;

  private HeatMap() {}

  /**
   * Draws it.
   *
   * @param id unique in the page
   * @param rows names of the rows
   * @param columns names of the columns
   * @param fields fractions by {@code row * columns + column}, empty ones for sites without a mean;
   *     a place that is no site stays blank
   */
  public static String draw(
      String id,
      String title,
      List<String> rows,
      List<String> columns,
      Map<Integer, OptionalDouble> fields,
      DivergingScale scale) {
    double cell = Math.max(7, Math.min(46, WIDTH / columns.size()));
    double row = cell >= 18 ? 20 : Math.max(9, cell);
    double longest = columns.stream().mapToInt(String::length).max().orElse(0);
    boolean slanted = longest * 7 > cell;
    double head = slanted ? 14 + Math.min(150, longest * 4.8) : 18;
    double width =
        Math.max(LABEL + cell * columns.size() + (slanted ? Math.max(70, longest * 5) : 10), 330);
    double height = head + rows.size() * row + LEGEND;
    Markup svg = Svg.begin(id, title, width, height);
    Svg.hatching(svg, id);
    drawColumns(svg, columns, cell, head, slanted);
    double rowStep = row < 12 ? Math.ceil(12 / row) : 1;
    for (int r = 0; r < rows.size(); r++) {
      double y = head + r * row;
      if (r % rowStep == 0) {
        Svg.text(svg, 0, y + row / 2 + 4, "start", rows.get(r));
      }
      for (int c = 0; c < columns.size(); c++) {
        OptionalDouble field = fields.get(r * columns.size() + c);
        if (field != null) {
          draw(svg, id, field, scale, LABEL + c * cell, y, cell, row, columns.size());
        }
      }
      svg.line();
    }
    drawLegend(svg, id, scale, head + rows.size() * row + 14);
    return svg.close().toString();
  }

  private static void drawColumns(
      Markup svg, List<String> columns, double cell, double head, boolean slanted) {
    int step = (int) Math.max(1, Math.ceil(12 / cell));
    for (int c = 0; c < columns.size(); c += step) {
      double x = LABEL + (c + 0.5) * cell;
      if (!slanted) {
        Svg.text(svg, x, head - 5, "middle", columns.get(c));
        continue;
      }
      svg.element(
          "text",
          columns.get(c),
          "transform",
          "translate(%s %s) rotate(-40)".formatted(px(x), px(head - 5)),
          "fill",
          "currentColor");
    }
  }

  private static void draw(
      Markup svg,
      String id,
      OptionalDouble field,
      DivergingScale scale,
      double x,
      double y,
      double cell,
      double row,
      int columns) {
    if (field.isEmpty()) {
      Svg.hatched(svg, id, x, y, cell - 0.5, row - 0.5);
      return;
    }
    double value = field.getAsDouble();
    Svg.rect(svg, x, y, cell - 0.5, row - 0.5, scale.color(value));
    if (columns <= NUMBERS_UP_TO && cell >= 28 && row >= 18) {
      svg.element(
          "text",
          Text.rounded(100 * value, 0),
          "x",
          px(x + cell / 2),
          "y",
          px(y + row / 2 + 4),
          "text-anchor",
          "middle",
          "font-size",
          "11",
          "fill",
          scale.textColor(value));
    }
  }

  private static void drawLegend(Markup svg, String id, DivergingScale scale, double y) {
    int steps = 40;
    for (int i = 0; i < steps; i++) {
      double value = (2 * (i + 0.5) / steps - 1) * scale.limit();
      Svg.rect(svg, LABEL + i * 3, y, 3.2, 10, scale.color(value));
    }
    Svg.text(svg, LABEL, y + 23, "middle", Text.percent(-scale.limit()));
    Svg.text(svg, LABEL + steps * 1.5, y + 23, "middle", "0");
    Svg.text(svg, LABEL + steps * 3, y + 23, "middle", Text.percent(scale.limit()));
    Svg.hatched(svg, id, LABEL + steps * 3 + 40, y, 14, 10);
    Svg.text(svg, LABEL + steps * 3 + 58, y + 9, "start", "no value");
  }
}
