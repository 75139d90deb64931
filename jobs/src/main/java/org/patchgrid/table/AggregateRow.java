package org.patchgrid.table;

import java.util.Optional;

/**
 * One row of {@code aggregates}.
 *
 * @param tag empty for all pairs
 * @param sites of the group
 */
public record AggregateRow(
    GroupKey group,
    Optional<PairTag> tag,
    Measure measure,
    int sites,
    StatusCounts counts,
    GroupStatistics statistics,
    FamilyPlace place) {

  public AggregateRow at(FamilyPlace newPlace) {
    return new AggregateRow(group, tag, measure, sites, counts, statistics, newPlace);
  }
}
