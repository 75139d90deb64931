package org.patchgrid.study;

import java.io.Serializable;

/** Which cells of a plan's sites are measured. Of two places and pairs alike always the same. */
@FunctionalInterface
public interface CellSelection extends Serializable {
  /** Every cell. */
  CellSelection ALL = (cell, pair) -> true;

  /** How the parts of a fingerprint begin that only studies have which select cells. */
  String FINGERPRINT_PART = "sweep.screen ";

  /**
   * Whether a cell is measured.
   *
   * @param pair the number of its pair in the prompt set
   */
  boolean includes(Cell cell, long pair);
}
