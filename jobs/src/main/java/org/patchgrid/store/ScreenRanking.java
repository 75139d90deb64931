package org.patchgrid.store;

import java.util.List;
import java.util.stream.Stream;
import org.patchgrid.table.SiteColumns;

/**
 * What the estimates of a study's screens have chosen: the places that are measured on every pair.
 *
 * @param choices one a screened sweep and direction
 */
public record ScreenRanking(List<Choice> choices) {
  public ScreenRanking {
    choices = List.copyOf(choices);
  }

  /**
   * The first places of one ranking.
   *
   * @param sweep of the measurements
   * @param metric whose estimated change ranks them
   * @param places how many were ranked
   * @param kept the first of them, in order
   */
  public record Choice(
      String sweep, String direction, String metric, long places, List<Place> kept) {
    public Choice {
      kept = List.copyOf(kept);
    }
  }

  /**
   * A place with its score.
   *
   * @param place as {@link SiteColumns#place} names it
   * @param score the mean over pairs of the estimated change of the metric, without its sign
   */
  public record Place(String place, double score) {}

  public Stream<Choice> of(String sweep) {
    return choices.stream().filter(choice -> choice.sweep().equals(sweep));
  }
}
