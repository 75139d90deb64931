package org.patchgrid.study;

/** Which run is patched into (the target) and which one the activation comes from (the source). */
public enum PatchDirection implements HasLabel {
  /** Clean activation into the corrupted run: what restores the behaviour? */
  DENOISING,
  /** Corrupted activation into the clean run: what breaks the behaviour? */
  NOISING
}
