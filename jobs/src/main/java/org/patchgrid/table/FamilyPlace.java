package org.patchgrid.table;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a group is among the other groups of its family, and beside the same group of the other
 * direction. NaN and empty where undefined.
 *
 * @param rank by mean, 1 the largest
 * @param sufficiency mean effect of the denoising direction, if both are there
 * @param necessity mean effect of the noising direction, if both are there
 */
public record FamilyPlace(
    double qValue,
    OptionalInt rank,
    double sufficiency,
    double necessity,
    Optional<Boolean> sufficient,
    Optional<Boolean> necessary) {
  /** Of a group that has no family. */
  public static final FamilyPlace NONE =
      new FamilyPlace(
          Double.NaN,
          OptionalInt.empty(),
          Double.NaN,
          Double.NaN,
          Optional.empty(),
          Optional.empty());
}
