package org.patchgrid.study;

/** What is written in a patch, as the column {@code value} has it. */
public enum ValueKind implements HasLabel {
  /** The source run's activation. */
  ACTIVATION,
  /** Zeros, into the clean run. */
  ZERO,
  /** A mean over the prompt set's clean runs, into the clean run. */
  MEAN,
  /** Nothing: the effect of the source run's activation, estimated by a gradient. */
  ATTRIBUTION;

  /** Whether what is written, or estimated, is of the source run. */
  public boolean isOfSource() {
    return this == ACTIVATION || this == ATTRIBUTION;
  }
}
