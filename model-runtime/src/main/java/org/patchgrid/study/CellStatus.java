package org.patchgrid.study;

/** How a measurement is to be read. */
public enum CellStatus implements HasLabel {
  /** A measurement. */
  OK,
  /**
   * Structure and the difference of the inputs alone force the source run's logits: never ranked.
   */
  BY_CONSTRUCTION,
  /** Clean and corrupted run are equal under this metric: recovery is undefined. */
  DEGENERATE_BASELINE,
  /** There is no corrupted run to compare with. */
  NO_BASELINE,
  /** A logit was infinite or not a number: no values. */
  NOT_FINITE,
  /** The patched run ended with an error; the task went on. */
  FAILED
}
