package org.patchgrid.patch;

import java.util.Optional;
import org.patchgrid.study.MeanOver;

/** Where the value comes from that a patch writes. */
public sealed interface Origin {
  Origin SOURCE = new Source();
  Origin TARGET = new Target();
  Origin ZERO = new Zero();

  /** The source run, at the same point. */
  record Source() implements Origin {}

  /** The target run: what a run had changed is taken back. */
  record Target() implements Origin {}

  /** Another patched run of the same pair and direction, at the same point. */
  record Run(PatchedRun run) implements Origin {}

  /** Zeros. */
  record Zero() implements Origin, Constant {}

  /**
   * A mean of the prompt set.
   *
   * @param label whose tokens the mean is of; empty where it is not one over a label
   */
  record Mean(MeanOver over, Optional<String> label) implements Origin, Constant {}

  /** What is the same for all pairs. */
  sealed interface Constant extends Origin permits Zero, Mean {}
}
