package org.patchgrid.figure;

import java.util.List;
import java.util.stream.Stream;

/** How often each effect was measured, a panel a component. */
public final class Histogram {
  private static final double WIDTH = 960;
  private static final double PANEL = 300;
  private static final double HEIGHT = 120;
  private static final double GAP = 20;

  private Histogram() {}

  /** The bins of one component. */
  public record Panel(String component, List<Bin> bins) {
    public Panel {
      bins = List.copyOf(bins);
    }

    private long most() {
      return bins.stream().mapToLong(Bin::measurements).max().orElse(1);
    }

    private String title() {
      return component + ", most in a bin: " + Text.count(most());
    }
  }

  /** Measurements with an effect from {@code low} to {@code high}. */
  public record Bin(double low, double high, long measurements) {}

  /**
   * Draws it.
   *
   * @param id unique in the page
   */
  public static String draw(String id, String title, List<Panel> panels) {
    int longest = panels.stream().mapToInt(panel -> panel.title().length()).max().orElse(0);
    double width = Math.max(PANEL, 8 + 6.2 * longest);
    int columns = Math.min((int) Math.max(1, WIDTH / (width + GAP)), panels.size());
    int lines = (panels.size() + columns - 1) / columns;
    Markup svg = Svg.begin(id, title, columns * (width + GAP), lines * (HEIGHT + 44));
    double low = bins(panels).mapToDouble(Bin::low).min().orElse(-0.5);
    double high = bins(panels).mapToDouble(Bin::high).max().orElse(1.5);
    for (int i = 0; i < panels.size(); i++) {
      double x = i % columns * (width + GAP);
      int line = i / columns;
      double y = line * (HEIGHT + 44);
      draw(svg, panels.get(i), new Axis(low, high, x + 4, x + width - 4), x, y);
    }
    return svg.close().toString();
  }

  private static Stream<Bin> bins(List<Panel> panels) {
    return panels.stream().flatMap(panel -> panel.bins().stream());
  }

  private static void draw(Markup svg, Panel panel, Axis axis, double x, double y) {
    Svg.text(svg, x + 4, y + 12, "start", panel.title());
    double bottom = y + 20 + HEIGHT;
    for (Bin bin : panel.bins()) {
      double height = HEIGHT * bin.measurements() / panel.most();
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
