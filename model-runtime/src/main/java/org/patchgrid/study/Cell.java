package org.patchgrid.study;

import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One pair under one patch: one patched run. Ordered as the rows of a cells file are, all together
 * (null) before one by one.
 *
 * @param position empty when all positions were patched together or a label was
 */
public record Cell(
    String sweep,
    String pairId,
    PatchDirection direction,
    Component component,
    int layer,
    int window,
    OptionalInt head,
    OptionalInt position,
    Optional<String> positionLabel)
    implements Comparable<Cell> {

  private static final Comparator<Cell> ORDER =
      Comparator.comparing(Cell::sweep)
          .thenComparing(c -> c.direction().label())
          .thenComparing(c -> c.component().roleName())
          .thenComparingInt(Cell::layer)
          .thenComparingInt(c -> c.head().orElse(-1))
          .thenComparingInt(c -> c.position().orElse(-1))
          .thenComparing(c -> c.positionLabel().orElse(""))
          .thenComparing(Cell::pairId)
          .thenComparingInt(Cell::window);

  @Override
  public int compareTo(Cell other) {
    return ORDER.compare(this, other);
  }
}
