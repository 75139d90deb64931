package org.patchgrid.study;

/** Which runs must predict their answer for a pair to be measured. */
public enum RequiredPrediction {
  /** No run must. */
  NONE,
  /** The clean run's top token must be the answer. */
  CLEAN,
  /** And the corrupted run's top token must be the foil. */
  BOTH
}
