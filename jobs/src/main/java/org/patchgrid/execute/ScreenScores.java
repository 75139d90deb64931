package org.patchgrid.execute;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.patchgrid.conf.Amount;
import org.patchgrid.store.ScreenRanking;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.table.CellScan;

/**
 * How much each place of the screened sweeps is estimated to change a metric, without the change's
 * sign: a sum over pairs. As AtP* ranks (Kramar et al. 2024), and not by {@code recovery}, so that
 * pairs whose clean and corrupted runs hardly differ do not weigh more than others.
 *
 * <p>What is so by construction is not ranked: it is no finding.
 */
final class ScreenScores implements Serializable {
  private static final long serialVersionUID = 1;

  private final TreeMap<Ranking, TreeMap<String, Sum>> sums = new TreeMap<>();

  private record Ranking(String estimates, String direction)
      implements Serializable, Comparable<Ranking> {
    private static final Comparator<Ranking> ORDER =
        Comparator.comparing(Ranking::estimates).thenComparing(Ranking::direction);

    @Override
    public int compareTo(Ranking other) {
      return ORDER.compare(this, other);
    }
  }

  private record Sum(double change, long pairs) implements Serializable {
    Sum plus(Sum other) {
      return new Sum(change + other.change, pairs + other.pairs);
    }

    double mean() {
      return change / pairs;
    }
  }

  /** Adds a row of estimates of the metric that ranks them; one without a number counts nothing. */
  void add(CellScan row) {
    boolean denoising = row.site().direction().equals(PatchDirection.DENOISING.label());
    double change = row.patched() - (denoising ? row.corrupted() : row.clean());
    if (Double.isNaN(change) || row.status() == CellStatus.BY_CONSTRUCTION) {
      return;
    }
    add(
        new Ranking(row.site().sweep(), row.site().direction()),
        row.site().place(),
        new Sum(Math.abs(change), 1));
  }

  void add(ScreenScores other) {
    other.sums.forEach(
        (ranking, places) -> places.forEach((place, sum) -> add(ranking, place, sum)));
  }

  private void add(Ranking ranking, String place, Sum sum) {
    sums.computeIfAbsent(ranking, absent -> new TreeMap<>()).merge(place, sum, Sum::plus);
  }

  /**
   * The places with the largest means, in each direction; of equal ones the first by name.
   *
   * @param estimates the sweep they were added under
   * @param sweep what the choice is for
   */
  List<ScreenRanking.Choice> best(String estimates, String sweep, String metric, Amount top) {
    Comparator<Map.Entry<String, Sum>> largestFirst =
        Comparator.comparingDouble((Map.Entry<String, Sum> place) -> -place.getValue().mean())
            .thenComparing(Map.Entry.comparingByKey());
    return sums.entrySet().stream()
        .filter(entry -> entry.getKey().estimates().equals(estimates))
        .map(
            entry ->
                new ScreenRanking.Choice(
                    sweep,
                    entry.getKey().direction(),
                    metric,
                    entry.getValue().size(),
                    entry.getValue().entrySet().stream()
                        .sorted(largestFirst)
                        .limit(top.of(entry.getValue().size()))
                        .map(
                            place ->
                                new ScreenRanking.Place(place.getKey(), place.getValue().mean()))
                        .toList()))
        .toList();
  }
}
