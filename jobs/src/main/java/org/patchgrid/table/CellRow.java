package org.patchgrid.table;

import org.patchgrid.study.Cell;
import org.patchgrid.study.Measurement;

/** One row of a cells file. */
public record CellRow(String studyId, Measurement measurement) {
  Cell cell() {
    return measurement.cell();
  }
}
