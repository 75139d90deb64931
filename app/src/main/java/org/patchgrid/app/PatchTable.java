package org.patchgrid.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PatchDirection;

/**
 * The guide's table of one pair: a row a layer (and head, and position), recovery in percent with a
 * bar; above it the baselines, below it the highest and the lowest. Several components stand side
 * by side.
 */
record PatchTable(PrintWriter out) {
  private static final int BAR_WIDTH = 40;
  private static final String BLOCKS = " ▁▂▃▄▅▆▇█";

  /** What a row of the table stands for. */
  private record Place(int layer, OptionalInt head, OptionalInt position, Optional<String> label) {
    private static final Comparator<Place> ORDER =
        Comparator.comparingInt(Place::layer)
            .thenComparingInt(p -> p.head().orElse(-1))
            .thenComparingInt(p -> p.position().orElse(-1))
            .thenComparing(p -> p.label().orElse(""));

    static Place of(Cell cell) {
      return new Place(cell.layer(), cell.head(), cell.position(), cell.positionLabel());
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("Layer %2d".formatted(layer));
      head.ifPresent(h -> text.append(" head %2d".formatted(h)));
      position.ifPresent(p -> text.append(" position %2d".formatted(p)));
      label.ifPresent(l -> text.append(' ').append(l));
      return text.toString();
    }
  }

  /** One table a direction and metric, in the order given. */
  void print(List<Measurement> measurements, List<String> components, List<Metric> metrics) {
    for (PatchDirection direction : PatchDirection.values()) {
      for (Metric metric : metrics) {
        List<Measurement> part =
            measurements.stream()
                .filter(m -> m.cell().direction() == direction && m.metric() == metric)
                .toList();
        if (!part.isEmpty()) {
          print(direction, metric, part, components);
        }
      }
    }
  }

  private void print(
      PatchDirection direction, Metric metric, List<Measurement> part, List<String> components) {
    Measurement any = part.get(0);
    out.printf(
        Locale.ROOT,
        "%n%s, %s: clean %s, corrupted %s%n",
        metric.label(),
        direction.label(),
        any.clean().isPresent() ? number(any.clean().getAsDouble()) : "undefined",
        any.corrupted().isPresent() ? number(any.corrupted().getAsDouble()) : "undefined");
    if (!metric.hasRecovery() || part.stream().allMatch(m -> m.recovery().isEmpty())) {
      out.println(whyNoRecovery(metric, any));
    }
    List<String> shown =
        components.stream()
            .filter(c -> part.stream().anyMatch(m -> m.cell().component().equals(c)))
            .toList();
    SortedMap<Place, Map<String, Measurement>> rows = new TreeMap<>(Place.ORDER);
    part.forEach(
        m ->
            rows.computeIfAbsent(Place.of(m.cell()), place -> new LinkedHashMap<>())
                .put(m.cell().component(), m));
    if (shown.size() == 1) {
      printBars(shown.get(0), rows, metric);
    } else {
      printColumns(shown, rows, metric);
    }
    shown.forEach(component -> printExtremes(component, part, metric));
    if (part.stream().anyMatch(m -> m.status() == CellStatus.BY_CONSTRUCTION)) {
      out.println("* by construction: the patch is the whole source run, so it is not ranked");
    }
  }

  private static String whyNoRecovery(Metric metric, Measurement any) {
    if (!metric.hasRecovery()) {
      return "(a rank has no recovery: patched values are shown)";
    }
    return switch (any.status()) {
      case NOT_FINITE -> "(a logit is infinite or not a number: no recovery)";
      case FAILED -> "(the patched runs failed: no recovery)";
      case OK, BY_CONSTRUCTION, DEGENERATE_BASELINE, NO_BASELINE ->
          "(clean and corrupted are equal under this metric: recovery is undefined)";
    };
  }

  private void printBars(
      String component, Map<Place, Map<String, Measurement>> rows, Metric metric) {
    out.println(component);
    int width = rows.keySet().stream().mapToInt(p -> p.toString().length()).max().orElse(0);
    rows.forEach(
        (place, row) -> {
          Measurement m = Objects.requireNonNull(row.get(component));
          out.printf(Locale.ROOT, "%-" + width + "s %s %s%n", place, percent(m, metric, 9), bar(m));
        });
  }

  private void printColumns(
      List<String> components, Map<Place, Map<String, Measurement>> rows, Metric metric) {
    int first = rows.keySet().stream().mapToInt(p -> p.toString().length()).max().orElse(0);
    out.print(" ".repeat(first));
    for (String component : components) {
      out.print("  " + padLeft(shortName(component), columnWidth(component)));
    }
    out.println();
    rows.forEach(
        (place, row) -> {
          out.printf(Locale.ROOT, "%-" + first + "s", place);
          for (String component : components) {
            int width = columnWidth(component);
            Measurement m = row.get(component);
            String text = m == null ? "" : percent(m, metric, 1) + " " + block(m);
            out.print("  " + padLeft(text, width));
          }
          out.println();
        });
  }

  private void printExtremes(String component, List<Measurement> part, Metric metric) {
    List<Measurement> ranked =
        part.stream()
            .filter(m -> m.cell().component().equals(component) && m.status() == CellStatus.OK)
            .filter(m -> m.recovery().isPresent())
            .sorted(Comparator.comparingDouble(m -> m.recovery().getAsDouble()))
            .collect(Collectors.toCollection(ArrayList::new));
    if (ranked.isEmpty()) {
      return;
    }
    Measurement highest = ranked.get(ranked.size() - 1);
    Measurement lowest = ranked.get(0);
    out.printf(
        Locale.ROOT,
        "%s: highest %s (%s), lowest %s (%s)%n",
        component,
        Place.of(highest.cell()),
        percent(highest, metric, 1).strip(),
        Place.of(lowest.cell()),
        percent(lowest, metric, 1).strip());
  }

  /** Recovery in percent; without one the patched value or the status. */
  private static String percent(Measurement m, Metric metric, int width) {
    String mark = m.status() == CellStatus.BY_CONSTRUCTION ? "*" : " ";
    if (m.recovery().isPresent()) {
      double percent = 100 * m.recovery().getAsDouble();
      return padLeft(String.format(Locale.ROOT, "%.1f%%%s", percent + 0.0, mark), width);
    }
    if (m.status() == CellStatus.OK && !metric.hasRecovery() && m.patched().isPresent()) {
      return padLeft(number(m.patched().getAsDouble()) + mark, width);
    }
    return padLeft(m.status() == CellStatus.FAILED ? "failed " : "- ", width);
  }

  private static String bar(Measurement m) {
    if (m.recovery().isEmpty()) {
      return "";
    }
    double recovery = m.recovery().getAsDouble();
    int length = (int) Math.round(Math.min(1, Math.abs(recovery)) * BAR_WIDTH);
    return (recovery < 0 ? "░" : "█").repeat(length);
  }

  /** A bar of one character; empty for what is not above zero. */
  private static char block(Measurement m) {
    double recovery = Math.max(0, Math.min(1, m.recovery().orElse(0)));
    return BLOCKS.charAt((int) Math.round(recovery * (BLOCKS.length() - 1)));
  }

  private static int columnWidth(String component) {
    return Math.max(10, shortName(component).length());
  }

  private static String shortName(String component) {
    return component.substring(component.indexOf('.') + 1);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  private static String padLeft(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
