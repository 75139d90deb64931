package org.patchgrid.generate;

/** Pairs of one form, numbered, of which a tokenizer may still refuse some. */
interface CandidatePairs {
  long size();

  /**
   * One of them; the same for the same number.
   *
   * @param number from 0, below {@link #size()}
   */
  PairDraft draft(long number);
}
