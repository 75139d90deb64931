package org.patchgrid.execute;

import java.io.Serializable;

/**
 * A prompt set in blocks of neighbouring pairs. Their size follows from the number of pairs alone,
 * so that sums over them are added up alike on every cluster.
 */
record PairBlocks(long pairs) implements Serializable {
  private static final long SMALLEST = 16;

  /** More would be too much for the driver, which adds up what each of them says. */
  private static final long MOST = 1000;

  PairBlocks {
    if (pairs < 1) {
      throw new IllegalArgumentException("No pairs");
    }
  }

  int count() {
    return Math.toIntExact((pairs + size() - 1) / size());
  }

  long first(int block) {
    return block * size();
  }

  /** Exclusive. */
  long end(int block) {
    return Math.min(pairs, first(block) + size());
  }

  private long size() {
    return Math.max(SMALLEST, (pairs + MOST - 1) / MOST);
  }
}
