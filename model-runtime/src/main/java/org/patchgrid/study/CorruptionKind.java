package org.patchgrid.study;

/**
 * What makes the corrupted run another than the clean one, as the column {@code corruption} has it.
 */
public enum CorruptionKind implements HasLabel {
  /** Another prompt. */
  PROMPT,
  /** Noise on embeddings of the clean prompt. */
  NOISE
}
