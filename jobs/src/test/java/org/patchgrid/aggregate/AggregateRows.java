package org.patchgrid.aggregate;

import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.table.AggregateRow;
import org.patchgrid.table.FamilyPlace;
import org.patchgrid.table.GroupKey;
import org.patchgrid.table.GroupStatistics;
import org.patchgrid.table.Measure;
import org.patchgrid.table.SiteColumns;
import org.patchgrid.table.StatusCounts;

/** Rows of aggregates of which only some numbers matter. */
final class AggregateRows {
  private AggregateRows() {}

  static SiteColumns site(String direction, int layer) {
    return new SiteColumns(
        "default",
        direction,
        "mlp",
        layer,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        1,
        "activation",
        "prompt",
        OptionalInt.empty(),
        Optional.empty());
  }

  static AggregateRow row(
      SiteColumns site,
      Measure measure,
      int pairs,
      double mean,
      double least,
      double most,
      double pValue) {
    double none = Double.NaN;
    GroupStatistics statistics =
        new GroupStatistics(
            pairs, mean, none, none, none, none, none, least, none, none, none, none, none, most,
            none, none, none, none, none, pValue);
    return new AggregateRow(
        GroupKey.ofSite(site, "l2"),
        Optional.empty(),
        measure,
        1,
        new StatusCounts(8, 0, 0, 0, 0, 0),
        statistics,
        FamilyPlace.NONE);
  }
}
