package org.patchgrid.kernel;

/** Which of the dimensions that rotary position embedding turns go together. */
public enum RotaryPairs {
  /** Dimension i and i + width / 2. */
  HALVES,
  /** Dimension 2i and 2i + 1. */
  NEIGHBOURS
}
