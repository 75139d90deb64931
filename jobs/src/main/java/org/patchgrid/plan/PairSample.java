package org.patchgrid.plan;

import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * Some pairs of a prompt set, one of each of as many pieces of nearly equal length, so that prompts
 * in whatever order are there in proportion. A function of its three numbers: whether a pair is in
 * it takes no list.
 *
 * @param pairs of the prompt set
 * @param size at most as many
 */
public record PairSample(long pairs, long size, long seed) implements Serializable {
  public PairSample {
    if (size < 1 || size > pairs) {
      throw new IllegalArgumentException("Cannot draw " + size + " of " + pairs + " pairs");
    }
  }

  /** Whether the pair with this number is in it. */
  public boolean contains(long pair) {
    if (pair < 0 || pair >= pairs) {
      throw new IllegalArgumentException("No pair " + pair + " of " + pairs);
    }
    long piece = (Math.multiplyExact(pair + 1, size) - 1) / pairs;
    long first = first(piece);
    return pair == first + new SplittableRandom(seed + piece).nextLong(first(piece + 1) - first);
  }

  private long first(long piece) {
    return Math.multiplyExact(piece, pairs) / size;
  }
}
