package org.patchgrid.study;

import java.util.Locale;

/**
 * What makes the corrupted run another than the clean one, as the column {@code corruption} has it.
 */
public enum CorruptionKind {
  /** Another prompt. */
  PROMPT,
  /** Noise on embeddings of the clean prompt. */
  NOISE;

  /** The name in study files and tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
