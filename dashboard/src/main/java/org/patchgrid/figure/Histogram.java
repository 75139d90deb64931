package org.patchgrid.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How often each effect was measured, a panel a component. */
public final class Histogram {
  private static final double WIDTH = 960;
  private static final double PANEL = 300;
  private static final double HEIGHT = 120;
  private static final double GAP = 20;

  private Histogram() {}

  /** Measurements with an effect from {@code low} to {@code high}. */
  public record Bin(double low, double high, long measurements) {}

  /**
   * Draws it.
   *
   * @param id unique in the page
   * @param panels the bins of each component
   */
  public static String draw(String id, String title, Map<String, List<Bin>> panels) {
    List<String> titles = new ArrayList<>();
    panels.forEach(
        (component, bins) -> titles.add(component + ", most in a bin: " + Text.count(most(bins))));
    int longest = titles.stream().mapToInt(String::length).max().orElse(0);
    double width = Math.max(PANEL, 8 + 6.2 * longest);
    int columns = Math.min((int) Math.max(1, WIDTH / (width + GAP)), panels.size());
    int lines = (panels.size() + columns - 1) / columns;
    Markup svg = Svg.begin(id, title, columns * (width + GAP), lines * (HEIGHT + 44));
    double low = bins(panels).mapToDouble(Bin::low).min().orElse(-0.5);
    double high = bins(panels).mapToDouble(Bin::high).max().orElse(1.5);
    int i = 0;
    for (List<Bin> bins : panels.values()) {
      double x = i % columns * (width + GAP);
      int line = i / columns;
      double y = line * (HEIGHT + 44);
      Svg.text(svg, x + 4, y + 12, "start", titles.get(i));
      draw(svg, bins, new Axis(low, high, x + 4, x + width - 4), y + 20 + HEIGHT);
      i++;
    }
    return svg.close().toString();
  }

  private static Stream<Bin> bins(Map<String, List<Bin>> panels) {
    return panels.values().stream().flatMap(List::stream);
  }

  private static long most(List<Bin> bins) {
    return bins.stream().mapToLong(Bin::measurements).max().orElse(1);
  }

  private static void draw(Markup svg, List<Bin> bins, Axis axis, double bottom) {
    for (Bin bin : bins) {
      double height = HEIGHT * bin.measurements() / most(bins);
      Svg.rect(
          svg,
          axis.at(bin.low()),
          bottom - height,
          axis.at(bin.high()) - axis.at(bin.low()) - 0.5,
          height,
          bin.high() <= 1e-12 ? Svg.NEGATIVE_BAR : Svg.BAR);
    }
    Svg.line(svg, axis.from(), bottom, axis.to(), bottom, "currentColor");
    for (double tick : axis.ticks(4)) {
      Svg.text(svg, axis.at(tick), bottom + 14, "middle", Math.round(100 * tick) + "%");
    }
    svg.line();
  }
}
