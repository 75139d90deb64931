package org.patchgrid.generate;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * The numbers from 0 in random order, each once: the algorithm of Fisher and Yates, which keeps
 * only the places that it has touched.
 */
final class SparseShuffle {
  private final long size;
  private final Random random;
  private final Map<Long, Long> moved = new HashMap<>();
  private long taken;

  SparseShuffle(long size, Random random) {
    this.size = size;
    this.random = random;
  }

  boolean hasNext() {
    return taken < size;
  }

  long next() {
    long place = taken + (long) (random.nextDouble() * (size - taken));
    long number = moved.getOrDefault(place, place);
    moved.put(place, moved.getOrDefault(taken, taken));
    moved.remove(taken);
    taken++;
    return number;
  }
}
