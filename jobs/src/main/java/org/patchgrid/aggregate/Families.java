package org.patchgrid.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.table.AggregateRow;
import org.patchgrid.table.FamilyPlace;
import org.patchgrid.table.Grouping;
import org.patchgrid.table.Measure;
import org.patchgrid.table.PairTag;
import org.patchgrid.table.SiteColumns;

/**
 * What can be said of a group only beside others, for all groups of one sweep and metric. Tested
 * and ranked are effects.
 *
 * <ul>
 *   <li>A family is the groups of one grouping, direction, window and tag: the sites among which a
 *       reader looks for those that matter.
 *   <li>q-value (Benjamini and Hochberg 1995): with p-values sorted, the least of {@code p * m /
 *       place} from a place on, at most 1; m groups have a p-value.
 *   <li>Rank: 1 + the number of groups with a greater mean.
 *   <li>Sufficient (denoising) and necessary (noising): mean effect above 0 with a q-value of at
 *       most {@link #SIGNIFICANT}, where a site was patched in both directions.
 * </ul>
 */
final class Families {
  static final double SIGNIFICANT = 0.05;

  private Families() {}

  private record Family(Grouping grouping, String direction, int window, Optional<PairTag> tag) {}

  /** A group without its direction. */
  private record Place(Grouping grouping, SiteColumns site, Optional<PairTag> tag) {}

  /**
   * Fills in the places of rows.
   *
   * @param rows all of one sweep and metric, without places
   * @return in the same order
   */
  static List<AggregateRow> placed(List<AggregateRow> rows) {
    Map<Family, List<Integer>> families = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      AggregateRow row = rows.get(i);
      if (row.measure() == Measure.EFFECT) {
        families.computeIfAbsent(family(row), family -> new ArrayList<>()).add(i);
      }
    }
    double[] qValues = new double[rows.size()];
    Arrays.fill(qValues, Double.NaN);
    int[] ranks = new int[rows.size()]; // 0: none
    for (List<Integer> members : families.values()) {
      fillQValues(rows, members, qValues);
      fillRanks(rows, members, ranks);
    }
    Map<Place, Map<String, Integer>> directions = new HashMap<>();
    for (List<Integer> members : families.values()) {
      for (int i : members) {
        directions
            .computeIfAbsent(place(rows.get(i)), place -> new HashMap<>())
            .put(rows.get(i).group().site().direction(), i);
      }
    }
    List<AggregateRow> placed = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      AggregateRow row = rows.get(i);
      if (row.measure() == Measure.EFFECT) {
        Map<String, Integer> both = directions.getOrDefault(place(row), Map.of());
        placed.add(row.at(place(rows, qValues, both, i, ranks[i])));
      } else {
        placed.add(row);
      }
    }
    return placed;
  }

  private static Family family(AggregateRow row) {
    SiteColumns site = row.group().site();
    return new Family(row.group().grouping(), site.direction(), site.window(), row.tag());
  }

  private static Place place(AggregateRow row) {
    return new Place(row.group().grouping(), row.group().site().inDirection(""), row.tag());
  }

  private static void fillQValues(
      List<AggregateRow> rows, List<Integer> members, double[] qValues) {
    List<Integer> tested =
        members.stream()
            .filter(i -> !Double.isNaN(rows.get(i).statistics().pValue()))
            .sorted(Comparator.comparingDouble(i -> rows.get(i).statistics().pValue()))
            .toList();
    double least = 1;
    for (int place = tested.size(); place >= 1; place--) {
      int i = tested.get(place - 1);
      least = Math.min(least, rows.get(i).statistics().pValue() * tested.size() / place);
      qValues[i] = least;
    }
  }

  private static void fillRanks(List<AggregateRow> rows, List<Integer> members, int[] ranks) {
    List<Integer> sorted =
        members.stream()
            .filter(i -> !Double.isNaN(rows.get(i).statistics().mean()))
            .sorted(Comparator.comparingDouble(i -> -rows.get(i).statistics().mean()))
            .toList();
    for (int place = 0; place < sorted.size(); place++) {
      int i = sorted.get(place);
      boolean tied =
          place > 0
              && rows.get(sorted.get(place - 1)).statistics().mean()
                  == rows.get(i).statistics().mean();
      ranks[i] = tied ? ranks[sorted.get(place - 1)] : place + 1;
    }
  }

  private static FamilyPlace place(
      List<AggregateRow> rows, double[] qValues, Map<String, Integer> both, int row, int rank) {
    OptionalInt place = rank == 0 ? OptionalInt.empty() : OptionalInt.of(rank);
    Integer denoising = both.get(PatchDirection.DENOISING.label());
    Integer noising = both.get(PatchDirection.NOISING.label());
    if (denoising == null || noising == null) {
      return new FamilyPlace(
          qValues[row], place, Double.NaN, Double.NaN, Optional.empty(), Optional.empty());
    }
    double sufficiency = rows.get(denoising).statistics().mean();
    double necessity = rows.get(noising).statistics().mean();
    return new FamilyPlace(
        qValues[row],
        place,
        sufficiency,
        necessity,
        matters(sufficiency, qValues[denoising]),
        matters(necessity, qValues[noising]));
  }

  private static Optional<Boolean> matters(double mean, double qValue) {
    return Double.isNaN(qValue) ? Optional.empty() : Optional.of(mean > 0 && qValue <= SIGNIFICANT);
  }
}
