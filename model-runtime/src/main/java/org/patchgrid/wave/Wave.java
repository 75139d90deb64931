package org.patchgrid.wave;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is computed in one forward pass: some pairs of equal length with some of their patched runs.
 *
 * @param length tokens of every prompt
 * @param rows in the order in which they join
 */
record Wave(int length, List<Pair> pairs, List<Row> rows) {
  Wave {
    pairs = List.copyOf(pairs);
    rows = List.copyOf(rows);
  }

  /** Tokens behind the last join, when every row's difference has spread. */
  long tokens() {
    return pairs.stream().mapToLong(pair -> pair.tokens(length)).sum()
        + rows.stream().mapToLong(row -> row.run().tokens(length)).sum();
  }

  /** At how many components rows join. */
  int joinsALayer() {
    return (int) rows.stream().map(row -> row.run().join().point().component()).distinct().count();
  }

  /** The rows whose states are asked for. */
  List<Row> wanted() {
    return rows.stream().filter(Row::wanted).toList();
  }

  /** The same pairs with some of the wanted rows, and the rows that those take values from. */
  Wave with(List<Row> some) {
    Set<Row> needed = new LinkedHashSet<>(some);
    for (Row row : some) {
      for (Outcome.PatchedRow run : row.run().withThoseItTakesFrom()) {
        if (!needed.contains(new Row(row.pair(), run, true))) {
          needed.add(new Row(row.pair(), run, false));
        }
      }
    }
    return new Wave(length, pairs, needed.stream().sorted(Comparator.comparing(Row::run)).toList());
  }

  /**
   * @param index its place in the schedule
   * @param firstDifference the first position at which its runs differ
   */
  record Pair(int index, int firstDifference) {
    /** Tokens of its clean and corrupted run, of which the one has only what differs. */
    long tokens(int length) {
      return 2L * length - firstDifference;
    }
  }

  /**
   * A patched run.
   *
   * @param pair place in {@link #pairs}
   * @param wanted whether its state is asked for; else it is there for others to take values from
   */
  record Row(int pair, Outcome.PatchedRow run, boolean wanted) {}
}
