package org.patchgrid.study;

/** What became of a pair. Every status but {@link #OK} means: listed, not measured. */
public enum PairStatus implements HasLabel {
  /** Measured. */
  OK,
  /** The two prompts have different numbers of tokens; they are never aligned in silence. */
  LENGTH_MISMATCH,
  /** The answer or the foil does not continue the clean prompt by exactly one token. */
  ANSWER_NOT_ONE_TOKEN,
  /** {@code prompts.require} asked for the right top token and the model has another. */
  WRONG_PREDICTION,
  /**
   * A sweep patches a label that this pair does not have, or that covers other positions in the two
   * prompts.
   */
  LABEL_MISSING,
  /** Anything else that makes the pair unusable; the reason says what. */
  INVALID
}
