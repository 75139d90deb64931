package org.patchgrid.study;

import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One pair under one patch: one patched run (one a noise sample). Ordered as the rows of a cells
 * file are, all together (null) before one by one.
 *
 * @param component the role's name, {@code set:NAME} or {@code complement:NAME}
 * @param position empty when all positions were patched together or a label was
 * @param sourcePosition of a single entry of an attention pattern
 * @param receiver where a path ends, as {@link PathReceiver#label} says it
 */
public record Cell(
    String sweep,
    String pairId,
    PatchDirection direction,
    String component,
    int layer,
    int window,
    OptionalInt head,
    OptionalInt position,
    Optional<String> positionLabel,
    ValueKind value,
    CorruptionKind corruption,
    OptionalInt sourcePosition,
    Optional<String> receiver)
    implements Comparable<Cell> {
  private static final Comparator<Cell> ORDER =
      Comparator.comparing(Cell::sweep)
          .thenComparing(c -> c.direction().label())
          .thenComparing(Cell::component)
          .thenComparingInt(Cell::layer)
          .thenComparingInt(c -> c.head().orElse(-1))
          .thenComparingInt(c -> c.position().orElse(-1))
          .thenComparing(c -> c.positionLabel().orElse(""))
          .thenComparing(Cell::pairId)
          .thenComparingInt(Cell::window)
          .thenComparing(c -> c.value().label())
          .thenComparing(c -> c.corruption().label())
          .thenComparingInt(c -> c.sourcePosition().orElse(-1))
          .thenComparing(c -> c.receiver().orElse(""));

  public String place() {
    return PlaceName.of(component, layer, window, head, position, positionLabel, sourcePosition);
  }

  @Override
  public int compareTo(Cell other) {
    return ORDER.compare(this, other);
  }
}
