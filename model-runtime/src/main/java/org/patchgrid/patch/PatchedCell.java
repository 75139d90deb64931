package org.patchgrid.patch;

import org.patchgrid.study.Cell;

/** A cell with the run that it is. */
public record PatchedCell(Cell cell, PatchedRun run) {
  public PatchedCell {
    if (cell.direction() != run.direction()) {
      throw new IllegalArgumentException("The run of another direction than " + cell);
    }
  }
}
