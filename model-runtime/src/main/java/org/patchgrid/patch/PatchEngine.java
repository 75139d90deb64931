package org.patchgrid.patch;

import java.util.List;

/** A way to compute the runs of an experiment. Engines agree to the bit where kernels allow. */
public interface PatchEngine {
  /**
   * Runs pairs of equal length.
   *
   * @return one a pair, in their order
   * @throws IllegalStateException if a hook did not fire exactly once
   */
  List<PairStates> run(List<PairCells> pairs);
}
