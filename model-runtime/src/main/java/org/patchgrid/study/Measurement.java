package org.patchgrid.study;

import java.util.Comparator;
import java.util.OptionalDouble;
import org.patchgrid.metric.Metric;

/**
 * One measured row, without the study's id.
 *
 * @param clean the metric of the clean run
 * @param corrupted the metric of the corrupted run
 * @param patched the metric of the patched run
 */
public record Measurement(
    Cell cell,
    Metric metric,
    OptionalDouble clean,
    OptionalDouble corrupted,
    OptionalDouble patched,
    OptionalDouble recovery,
    OptionalDouble effect,
    CellStatus status) {

  /** The order of the rows of a file. */
  public static final Comparator<Measurement> ROW_ORDER =
      Comparator.comparing(Measurement::cell).thenComparing(m -> m.metric().label());

  /** A row whose effect follows from its recovery and direction. */
  public static Measurement of(
      Cell cell,
      Metric metric,
      OptionalDouble clean,
      OptionalDouble corrupted,
      OptionalDouble patched,
      OptionalDouble recovery,
      CellStatus status) {
    OptionalDouble effect =
        recovery.isEmpty() || cell.direction() == PatchDirection.DENOISING
            ? recovery
            : OptionalDouble.of(1 - recovery.getAsDouble());
    return new Measurement(cell, metric, clean, corrupted, patched, recovery, effect, status);
  }
}
