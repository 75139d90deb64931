package org.patchgrid.execute;

import java.io.Serializable;

/**
 * Many things that have numbers, in blocks of neighbours. Their size follows from how many there
 * are alone, so that sums over them are added up alike on every cluster.
 */
record Blocks(long all) implements Serializable {
  private static final long SMALLEST = 16;

  /** More would be too much for the driver, which adds up what each of them says. */
  private static final long MOST = 1000;

  Blocks {
    if (all < 1) {
      throw new IllegalArgumentException("Nothing to cut");
    }
  }

  int count() {
    return Math.toIntExact((all + size() - 1) / size());
  }

  long first(int block) {
    return block * size();
  }

  /** Exclusive. */
  long end(int block) {
    return Math.min(all, first(block) + size());
  }

  private long size() {
    return Math.max(SMALLEST, (all + MOST - 1) / MOST);
  }
}
