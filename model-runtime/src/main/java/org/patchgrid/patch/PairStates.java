package org.patchgrid.patch;

import java.util.List;
import java.util.Optional;

/** What the unembedding reads at the last position of a pair's runs, [d_model] each. */
public final class PairStates {
  private final float[] clean;
  private final float[] corrupted;
  private final List<Optional<float[]>> patched;

  public PairStates(float[] clean, float[] corrupted, List<Optional<float[]>> patched) {
    this.clean = clean;
    this.corrupted = corrupted;
    this.patched = List.copyOf(patched);
  }

  public float[] clean() {
    return clean;
  }

  public float[] corrupted() {
    return corrupted;
  }

  /**
   * One a cell, in the order of the cells; empty where the run failed. Cells that must coincide
   * share one array.
   */
  public List<Optional<float[]>> patched() {
    return patched;
  }
}
