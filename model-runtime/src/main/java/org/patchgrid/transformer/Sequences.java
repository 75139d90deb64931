package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;

/**
 * How the tokens of a pass make sequences. Attention is the only place where tokens meet;
 * everywhere else a pass is a list of them.
 *
 * <p>Queries meet keys in <em>tiles</em>: so many neighbouring positions of one sequence, with all
 * of its keys. A tile has its size from the length T alone ({@link SequenceTables#tile}), because
 * libraries choose their code by the sizes of a product, and other code gives other bits. Queries
 * that nobody needs are left out by the tile.
 *
 * <p>Axes: N token, X tile, Q position in a tile, T position, w width of a head. Arrays are laid
 * out as their axes say: kernels choose by strides too.
 */
public interface Sequences {
  /** What attention needs to know of the length T that all sequences have. */
  SequenceTables tables();

  /** The positions of the tokens that a pass begins with, so many. */
  long[] positions(int tokens);

  /** Of a table [T, w], the rows of the tokens' positions: [N, w], an array of theirs. */
  NDArray atPositions(NDArray table, NDArray tokens);

  /** The positions of some tiles' queries, X * Q; of those that no token has, any. */
  long[] positions(TileRange range);

  /**
   * Begins attention, once a layer: queries are from here on those of the tokens that go on behind
   * it.
   */
  void attend();

  /** From a value of the tokens, [N, heads * w], to that of their tiles, [X, heads, Q, w]. */
  NDArray queries(NDArray tokens, int heads);

  /**
   * From a value of the tokens, [N, heads * w], to all of the sequences of some tiles: [X, heads,
   * T, w], one array that is owned with {@code tokens}.
   */
  NDArray keys(NDArray tokens, int heads, TileRange range);

  /** From tiles, [X, heads, Q, w], to their tokens, [N, heads * w]. */
  NDArray tokens(NDArray tiles);

  /** The last position of every sequence, [sequence, width]. */
  NDArray last(NDArray tokens);
}
