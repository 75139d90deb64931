package org.patchgrid.figure;

import static org.patchgrid.figure.Text.px;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The guide's chart: a row a layer, a bar from zero, the number beside it; a panel a component.
 * What the guide's could not have are the error bars.
 */
public final class LayerChart {
  private static final int COLUMNS = 2;
  private static final double LABEL = 64;
  private static final double BARS = 234;
  private static final double GAP = 24;

  private LayerChart() {}

  /**
   * One row.
   *
   * @param mean length of the bar, a fraction; empty where there is none
   * @param low of the error bar
   * @param single the value of one pair, shown as a diamond
   * @param note instead of a value, for example {@code by construction}; empty for none
   */
  public record Bar(
      String label,
      OptionalDouble mean,
      OptionalDouble low,
      OptionalDouble high,
      OptionalDouble single,
      String note) {
    private String value() {
      StringBuilder text = new StringBuilder(note);
      mean.ifPresent(
          value -> {
            if (single.isPresent()) {
              text.append(Text.percent(single)).append(", mean ");
            }
            text.append(Text.percent(value));
          });
      if (mean.isPresent() && low.isPresent() && high.isPresent()) {
        text.append(" (").append(Text.interval(low, high)).append(")");
      }
      return text.toString();
    }

    private DoubleStream extent() {
      return DoubleStream.of(
          mean.orElse(0), low.orElse(0), high.orElse(0), single.orElse(0), note.isEmpty() ? 0 : 1);
    }
  }

  /**
   * Draws it.
   *
   * @param id unique in the page
   * @param quantity what bars are, for example {@code mean effect}
   * @param panels the bars of each component
   */
  public static String draw(
      String id, String title, String quantity, Map<String, List<Bar>> panels) {
    double low = bars(panels).flatMapToDouble(Bar::extent).min().orElse(0);
    double high = bars(panels).flatMapToDouble(Bar::extent).max().orElse(0);
    high = high > low ? high : low + 1;
    int columns = Math.min(COLUMNS, panels.size());
    int rows = panels.values().stream().mapToInt(List::size).max().orElse(0);
    double row = rows > 24 ? 15 : 20;
    double panelHeight = 24 + rows * row + 22;
    int lines = (panels.size() + columns - 1) / columns;
    double label = Math.max(LABEL, 7.2 * longest(panels, Bar::label));
    double panelWidth = label + BARS + 8 + 7.2 * longest(panels, Bar::value);
    double width = columns * panelWidth + (columns - 1) * GAP;
    Markup svg = Svg.begin(id, title, width, 18 + lines * panelHeight);
    Svg.hatching(svg, id);
    Svg.text(svg, 0, 12, "start", quantity);
    int i = 0;
    for (Map.Entry<String, List<Bar>> panel : panels.entrySet()) {
      double x = i % columns * (panelWidth + GAP);
      int line = i / columns;
      double y = 18 + line * panelHeight;
      Axis axis = new Axis(low, high, x + label, x + label + BARS);
      Svg.text(svg, x, y + 15, "start", panel.getKey(), "font-weight", "bold");
      draw(svg, id, panel.getValue(), axis, x, y + 22, row);
      i++;
    }
    return svg.close().toString();
  }

  private static int longest(Map<String, List<Bar>> panels, Function<Bar, String> text) {
    return bars(panels).mapToInt(bar -> text.apply(bar).length()).max().orElse(0);
  }

  private static Stream<Bar> bars(Map<String, List<Bar>> panels) {
    return panels.values().stream().flatMap(List::stream);
  }

  private static void draw(
      Markup svg, String id, List<Bar> bars, Axis axis, double x, double top, double row) {
    double bottom = top + bars.size() * row;
    for (double tick : axis.ticks(4)) {
      Svg.line(svg, axis.at(tick), top, axis.at(tick), bottom, Svg.GRID);
      Svg.text(svg, axis.at(tick), bottom + 13, "middle", Math.round(100 * tick) + "%");
    }
    for (int i = 0; i < bars.size(); i++) {
      draw(svg, id, bars.get(i), axis, x, top + i * row, row);
    }
    Svg.line(svg, axis.at(0), top, axis.at(0), bottom, "currentColor");
  }

  private static void draw(
      Markup svg, String id, Bar bar, Axis axis, double x, double y, double row) {
    double middle = y + row / 2;
    svg.open("g");
    Svg.text(svg, x, middle + 4, "start", bar.label());
    if (bar.mean().isPresent()) {
      double mean = bar.mean().getAsDouble();
      double left = axis.at(Math.min(0, mean));
      Svg.rect(
          svg,
          left,
          y + 2,
          axis.at(Math.max(0, mean)) - left,
          row - 4,
          mean < 0 ? Svg.NEGATIVE_BAR : Svg.BAR);
      if (bar.low().isPresent() && bar.high().isPresent()) {
        Svg.interval(
            svg, axis.at(bar.low().getAsDouble()), axis.at(bar.high().getAsDouble()), middle);
      }
    } else if (!bar.note().isEmpty()) {
      Svg.hatched(svg, id, axis.at(0), y + 2, axis.at(1) - axis.at(0), row - 4);
    }
    if (bar.single().isPresent()) {
      svg.empty(
          "path",
          "d",
          "M%s %sl4.5 4.5l-4.5 4.5l-4.5 -4.5z"
              .formatted(px(axis.at(bar.single().getAsDouble())), px(middle - 4.5)),
          "fill",
          "#ddaa33",
          "stroke",
          "currentColor");
    }
    Svg.text(svg, axis.to() + 8, middle + 4, "start", bar.value());
    svg.close().line();
  }
}
