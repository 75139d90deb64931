package org.patchgrid.compact;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.Partitioner;

/** Which part a row belongs to, by its key: each part is a range of them. */
final class KeyRanges extends Partitioner {
  private static final long serialVersionUID = 1;

  /** [part - 1]: the least key of the part. */
  private final byte[][] begins;

  private KeyRanges(byte[][] begins) {
    this.begins = begins;
  }

  /**
   * Ranges that have about as many keys each.
   *
   * @param sample of all keys, sorted
   * @param parts at least 1; fewer are made where the sample has fewer keys
   */
  static KeyRanges of(List<byte[]> sample, int parts) {
    int most = Math.max(1, Math.min(parts, sample.size()));
    byte[][] begins = new byte[most - 1][];
    Arrays.setAll(begins, part -> sample.get((int) ((part + 1L) * sample.size() / most)));
    return new KeyRanges(begins);
  }

  @Override
  public int numPartitions() {
    return begins.length + 1;
  }

  @Override
  public int getPartition(Object key) {
    int found = Arrays.binarySearch(begins, (byte[]) key, Arrays::compareUnsigned);
    return found >= 0 ? found + 1 : -found - 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyRanges ranges && Arrays.deepEquals(begins, ranges.begins);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(begins);
  }
}
