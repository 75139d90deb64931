package org.patchgrid.wave;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.stream.LongStream;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.wave.EffectivePatch.Written;

/**
 * Single numbers of patterns that are written at one point. They are few, and a pattern has so many
 * that places of all would take more memory than it does.
 */
final class PatternEntries {
  private final int heads;
  private final int length;
  private final LongStream.Builder from = LongStream.builder();
  private final LongStream.Builder to = LongStream.builder();

  /**
   * @param length T, positions of a sequence
   */
  PatternEntries(int heads, int length) {
    this.heads = heads;
    this.length = length;
  }

  /**
   * One position's entries, one for each head that is covered.
   *
   * @param token which is written to
   * @param place of the token that they are taken from
   */
  void add(int token, long place, Written written) {
    int key = written.sourcePosition().orElseThrow();
    for (int head = 0; head < heads; head++) {
      if (written.heads().covers(head)) {
        long entry = (long) head * length + key;
        from.add(place * heads * length + entry);
        to.add((long) token * heads * length + entry);
      }
    }
  }

  /**
   * Writes them.
   *
   * @param all where they are taken from, [place, heads * T]
   * @param result changed in place, [token, heads * T]
   */
  void write(NDArray all, NDArray result) {
    long[] places = to.build().toArray();
    if (places.length == 0) {
      return;
    }
    try (NDArray source = NativeArrays.of(all.getManager(), from.build().toArray());
        NDArray target = NativeArrays.of(result.getManager(), places);
        NDArray numbers = all.reshape(-1);
        NDArray taken = numbers.get(new NDIndex("{}", source));
        NDArray written = result.reshape(-1)) {
      written.set(new NDIndex("{}", target), taken);
    }
  }
}
