package org.patchgrid.study;

/** Where a study is computed. */
public enum Device implements HasLabel {
  /** The processor, one thread a task. */
  CPU,
  /** An NVIDIA GPU, one an executor. */
  GPU
}
