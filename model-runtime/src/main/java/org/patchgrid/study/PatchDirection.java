package org.patchgrid.study;

import java.util.Locale;

/** Which run is patched into (the target) and which one the activation comes from (the source). */
public enum PatchDirection {
  /** Clean activation into the corrupted run: what restores the behaviour? */
  DENOISING,
  /** Corrupted activation into the clean run: what breaks the behaviour? */
  NOISING;

  /** The name in study files and tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
