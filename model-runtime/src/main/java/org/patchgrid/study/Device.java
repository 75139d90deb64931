package org.patchgrid.study;

import java.util.Locale;

/** Where a study is computed. */
public enum Device {
  /** The processor, one thread a task. */
  CPU,
  /** An NVIDIA GPU, one an executor. */
  GPU;

  /** The name in study files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
