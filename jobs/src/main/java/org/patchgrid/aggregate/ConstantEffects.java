package org.patchgrid.aggregate;

import java.util.List;
import java.util.Optional;
import org.patchgrid.table.AggregateRow;
import org.patchgrid.table.Grouping;
import org.patchgrid.table.Measure;

/**
 * Finds sweeps that say nothing: where every effect is one and the same number, on several pairs or
 * sites, the patches reach nothing that the metric reads, or something is wrong.
 */
final class ConstantEffects {
  private ConstantEffects() {}

  /**
   * A line for the user.
   *
   * @param part the rows of one sweep and metric
   */
  static Optional<String> of(List<AggregateRow> part) {
    List<AggregateRow> effects =
        part.stream()
            .filter(row -> row.measure() == Measure.EFFECT && row.tag().isEmpty())
            .filter(row -> row.group().grouping() == Grouping.SITE)
            .filter(row -> row.statistics().pairs() > 0)
            .toList();
    int values = effects.stream().mapToInt(row -> row.statistics().pairs()).sum();
    double least = effects.stream().mapToDouble(row -> row.statistics().minimum()).min().orElse(0);
    double most = effects.stream().mapToDouble(row -> row.statistics().maximum()).max().orElse(0);
    if (values < 2 || least != most) {
      return Optional.empty();
    }
    AggregateRow any = effects.get(0);
    return Optional.of(
        "every effect of sweep '%s' under %s is %s: the patches reach nothing that this metric reads, or the study asks for something else than you meant"
            .formatted(any.group().site().sweep(), any.group().metric(), most + 0.0));
  }
}
