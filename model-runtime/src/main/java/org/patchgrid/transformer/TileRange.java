package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;

/**
 * Some tiles that lie side by side among those of a pass ({@link Sequences}).
 *
 * @param from the first
 * @param to the first behind them
 */
public record TileRange(int from, int to) {
  public TileRange {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException("Invalid tiles: " + from + " to " + to);
    }
  }

  public int count() {
    return to - from;
  }

  /** Theirs of an array whose first axis is the pass's tiles: a view. */
  public NDArray of(NDArray tiles) {
    return tiles.get(index());
  }

  /** Where they are on the first axis of an array. */
  NDIndex index() {
    return new NDIndex("{}:{}", from, to);
  }
}
