package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.patchgrid.experiment.Agreement;
import org.patchgrid.experiment.SweepTimes;
import org.patchgrid.experiment.SweepWay;
import org.patchgrid.kernel.GemmRate;
import org.patchgrid.study.TokenizedPair;

/** What {@code bench} measured, for people and for programs. */
final class BenchTable {
  private final String model;
  private final TokenizedPair pair;
  private final int threads;
  private final Map<BenchSweep, SweepTimes> sweeps;
  private final GemmRate gemm;

  /**
   * @param sweeps at least one
   */
  BenchTable(String model, TokenizedPair pair, int threads, Map<BenchSweep, SweepTimes> sweeps) {
    this.model = model;
    this.pair = pair;
    this.threads = threads;
    this.sweeps = sweeps;
    this.gemm = sweeps.values().stream().map(SweepTimes::gemm).reduce(GemmRate::best).orElseThrow();
  }

  /** Repeated measurements of one thing. */
  private record Spread(double median, double smallest, double largest) {
    /**
     * @param values at least one
     */
    static Spread of(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      int last = sorted.size() - 1;
      double median = (sorted.get(last / 2) + sorted.get((last + 1) / 2)) / 2;
      return new Spread(median, sorted.get(0), sorted.get(last));
    }
  }

  /** One way to do one sweep: a row. */
  private record Row(BenchSweep sweep, SweepTimes times, SweepTimes.OfWay way) {
    Spread seconds() {
      return Spread.of(way.seconds());
    }

    /** How many times as long as the default engine, round by round. */
    Spread timesWave() {
      List<Double> wave = times.of(SweepWay.WAVE).seconds();
      return Spread.of(
          IntStream.range(0, wave.size())
              .mapToObj(round -> way.seconds().get(round) / wave.get(round))
              .toList());
    }

    double cellsPerSecond() {
      return times.cells() / seconds().median();
    }

    /** Of the needed operations' rate in that of the machine. */
    Spread share(GemmRate gemm) {
      return Spread.of(
          way.seconds().stream()
              .map(seconds -> times.operations() / seconds / gemm.operationsPerSecond())
              .toList());
    }

    @Nullable Integer batchRows() {
      return way.way() == SweepWay.FULL_BATCH ? Integer.valueOf(times.batchRows()) : null;
    }
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    sweeps.forEach(
        (sweep, times) -> times.ways().forEach(way -> rows.add(new Row(sweep, times, way))));
    return rows;
  }

  void print(TableFormat format, PrintWriter out) throws IOException {
    switch (format) {
      case TABLE -> printTable(out);
      case CSV -> printRows(ColumnPrinter.csv(out));
      case JSON -> printRows(ColumnPrinter.json(out));
    }
  }

  private void printTable(PrintWriter out) {
    int rounds = rows().get(0).way().seconds().size();
    PairOptions.print(pair, out);
    out.printf(
        Locale.ROOT,
        "%s: %d tokens, the first difference at position %d; threads: %d; rounds: %d (medians, in brackets lowest and highest)%n",
        model,
        pair.clean().length(),
        pair.firstDifference().orElseThrow(),
        threads,
        rounds);
    out.printf(
        Locale.ROOT,
        "fastest matrix product: %.1f GFLOP/s (%s, %d rows, %d to %d)%n",
        gemm.operationsPerSecond() * 1e-9,
        gemm.kernel().label(),
        gemm.rows(),
        gemm.inputs(),
        gemm.outputs());
    sweeps.forEach((sweep, times) -> printSweep(sweep, times, out));
    out.println();
    out.println(
        "share: of the fastest matrix product, counting only the operations that the wave needs");
    for (SweepWay way : SweepWay.values()) {
      out.printf("%-11s %s%n", way.label() + ":", way.sentence());
    }
  }

  private void printSweep(BenchSweep sweep, SweepTimes times, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%n%s: %s, %,d cells; %.3g GFLOP are needed%n",
        sweep,
        sweep.sentence(),
        times.cells(),
        times.operations() * 1e-9);
    out.printf(
        "%-11s %24s %11s %22s %24s  %s%n",
        "", "seconds", "cells/s", "times the wave", "share", "results");
    for (Row row : rows()) {
      if (row.sweep() == sweep) {
        printRow(row, out);
      }
    }
    int fewest =
        times.ways().stream().mapToInt(SweepTimes.OfWay::measuredCells).min().orElseThrow();
    if (fewest < times.cells()) {
      out.printf(
          Locale.ROOT,
          "* timed on %,d cells of the sweep and scaled to all by the number of forward passes%n",
          fewest);
    }
    if (times.ways().stream().anyMatch(way -> way.way() == SweepWay.FULL_BATCH)) {
      out.printf("batches of %s: %d rows%n", SweepWay.FULL_BATCH.label(), times.batchRows());
    }
  }

  private void printRow(Row row, PrintWriter out) {
    boolean scaled = row.way().measuredCells() < row.times().cells();
    out.printf(
        Locale.ROOT,
        "%-11s %24s %11.2f %22s %24s  %s%n",
        row.way().way().label() + (scaled ? "*" : ""),
        spread(row.seconds(), seconds -> seconds, "%.3f"),
        row.cellsPerSecond(),
        spread(row.timesWave(), times -> times, "%.2f"),
        spread(row.share(gemm), share -> 100 * share, "%.1f%%"),
        results(row.way()));
  }

  private static String spread(Spread spread, DoubleUnaryOperator unit, String format) {
    return String.format(
        Locale.ROOT,
        format + " (" + format + "-" + format + ")",
        unit.applyAsDouble(spread.median()),
        unit.applyAsDouble(spread.smallest()),
        unit.applyAsDouble(spread.largest()));
  }

  private static String results(SweepTimes.OfWay way) {
    Agreement agreement = way.agreement();
    if (way.way() == SweepWay.WAVE) {
      return "the others are compared with these";
    }
    return agreement.sameBits()
        ? "the same bits"
        : String.format(Locale.ROOT, "differ by up to %.1e", agreement.largestDifference());
  }

  private void printRows(ColumnPrinter printer) throws IOException {
    for (Row row : rows()) {
      printer.print(columns(row));
    }
  }

  private Map<String, @Nullable Object> columns(Row row) {
    Map<String, @Nullable Object> columns = new LinkedHashMap<>();
    columns.put("model", model);
    columns.put("tokens", pair.clean().length());
    columns.put("threads", threads);
    columns.put("sweep", row.sweep().toString());
    columns.put("way", row.way().way().label());
    columns.put("cells", row.times().cells());
    columns.put("measured_cells", row.way().measuredCells());
    columns.put("batch_rows", row.batchRows());
    columns.put("rounds", row.way().seconds().size());
    put(columns, "seconds", row.seconds());
    columns.put("cells_per_second", row.cellsPerSecond());
    put(columns, "times_wave", row.timesWave());
    put(columns, "share", row.share(gemm));
    columns.put("same_bits", row.way().agreement().sameBits());
    columns.put("largest_difference", row.way().agreement().largestDifference());
    columns.put("needed_operations", row.times().operations());
    columns.put("gemm_operations_per_second", gemm.operationsPerSecond());
    columns.put("gemm_kernel", gemm.kernel().label());
    return columns;
  }

  private static void put(Map<String, @Nullable Object> columns, String name, Spread spread) {
    columns.put(name, spread.median());
    columns.put(name + "_min", spread.smallest());
    columns.put(name + "_max", spread.largest());
  }
}
