package org.patchgrid.figure;

import static org.patchgrid.figure.Text.px;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/** A point and its interval for each site, the largest first. */
public final class SiteChart {
  private static final double BARS = 430;
  private static final double LABEL = 330;
  private static final double VALUE = 180;
  private static final double ROW = 19;

  private SiteChart() {}

  public record Site(String name, double mean, OptionalDouble low, OptionalDouble high) {}

  /**
   * Draws it.
   *
   * @param id unique in the page
   * @param number how a value is said
   */
  public static String draw(
      String id, String title, List<Site> sites, DoubleFunction<String> number) {
    double low =
        sites.stream().mapToDouble(s -> Math.min(s.mean(), s.low().orElse(0))).min().orElse(0);
    double high =
        sites.stream().mapToDouble(s -> Math.max(s.mean(), s.high().orElse(0))).max().orElse(1);
    low = Math.min(0, low);
    high = Math.max(low + 0.01, high);
    int longest = sites.stream().mapToInt(site -> site.name().length()).max().orElse(0);
    double label = Math.max(LABEL, 10 + 7 * longest);
    Axis axis = new Axis(low, high, label, label + BARS);
    double bottom = 6 + sites.size() * ROW;
    Markup svg = Svg.begin(id, title, label + BARS + VALUE, bottom + 20);
    for (double tick : axis.ticks(6)) {
      Svg.line(svg, axis.at(tick), 6, axis.at(tick), bottom, Svg.GRID);
      Svg.text(svg, axis.at(tick), bottom + 14, "middle", number.apply(tick));
    }
    for (int i = 0; i < sites.size(); i++) {
      Site site = sites.get(i);
      double y = 6 + (i + 0.5) * ROW;
      Svg.text(svg, label - 10, y + 4, "end", site.name());
      if (site.low().isPresent() && site.high().isPresent()) {
        Svg.interval(svg, axis.at(site.low().getAsDouble()), axis.at(site.high().getAsDouble()), y);
      }
      svg.empty(
          "circle",
          "cx",
          px(axis.at(site.mean())),
          "cy",
          px(y),
          "r",
          "4",
          "fill",
          site.mean() < 0 ? Svg.NEGATIVE_BAR : Svg.BAR);
      Svg.text(
          svg, axis.to() + 8, y + 4, "start", number.apply(site.mean()) + interval(site, number));
      svg.line();
    }
    return svg.close().toString();
  }

  private static String interval(Site site, DoubleFunction<String> number) {
    if (site.low().isEmpty() || site.high().isEmpty()) {
      return "";
    }
    return " (%s to %s)"
        .formatted(number.apply(site.low().getAsDouble()), number.apply(site.high().getAsDouble()));
  }
}
