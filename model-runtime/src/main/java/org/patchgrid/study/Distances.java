package org.patchgrid.study;

/** What {@code l2}, {@code mse} and {@code cosine} are computed from; equal but for rounding. */
public enum Distances {
  /** Every logit of the run. */
  LOGITS,
  /**
   * What the unembedding reads, and the Cholesky factor of the unembedding's Gram matrix: no
   * vocabulary. The factor takes as long as the logits of ten times the model's width of runs.
   */
  FACTOR
}
