package org.patchgrid.experiment;

import java.util.List;
import java.util.Optional;

/** What the unembedding reads at the last position of a pair's runs, [d_model] each. */
final class PairStates {
  private final float[] clean;
  private final float[] corrupted;
  private final List<Optional<float[]>> patched;

  PairStates(float[] clean, float[] corrupted, List<Optional<float[]>> patched) {
    this.clean = clean;
    this.corrupted = corrupted;
    this.patched = List.copyOf(patched);
  }

  float[] clean() {
    return clean;
  }

  float[] corrupted() {
    return corrupted;
  }

  /**
   * One a cell, in the order of the cells; empty where the run failed. Cells that must coincide
   * share one array.
   */
  List<Optional<float[]>> patched() {
    return patched;
  }
}
