package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;

/**
 * How the tokens of a pass make sequences. Attention is the only place where tokens meet;
 * everywhere else a pass is a list of them.
 *
 * <p>Axes: N token, B row (a sequence), T position, D head width. Arrays are laid out as their axes
 * say: kernels choose by strides, and other kernels give other bits.
 */
public interface Sequences {
  /** What attention needs to know of the length T that all sequences have. */
  SequenceTables tables();

  /** The positions of the tokens that a pass begins with, so many. */
  long[] positions(int tokens);

  /** From a value of the tokens, [N, heads * D], to that of whole sequences, [B, heads, T, D]. */
  NDArray sequences(NDArray tokens, int heads);

  /**
   * From what attention made of whole sequences, [B, heads, T, D], to the tokens that go on, [N,
   * heads * D].
   */
  NDArray tokens(NDArray sequences);

  /** The last position of every sequence, [B, width]. */
  NDArray last(NDArray tokens);
}
