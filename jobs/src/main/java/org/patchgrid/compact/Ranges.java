package org.patchgrid.compact;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.patchgrid.store.ResultFile;

/** Which part a key belongs to: each part is a range of them. */
final class Ranges<K> extends Partitioner {
  private static final long serialVersionUID = 1;

  /** Bytes as unsigned, from the first on. */
  static final Comparator<byte[]> UNSIGNED =
      (Comparator<byte[]> & Serializable) Arrays::compareUnsigned;

  /** [part - 1]: the least key of the part. */
  private final List<K> begins;

  private final Comparator<K> order;

  private Ranges(List<K> begins, Comparator<K> order) {
    this.begins = List.copyOf(begins);
    this.order = order;
  }

  /**
   * Ranges that have about as many keys each.
   *
   * @param sample of all keys, sorted
   * @param parts at least 1; fewer are made where the sample has fewer keys
   */
  static Ranges<byte[]> ofKeys(List<byte[]> sample, int parts) {
    int most = Math.max(1, Math.min(parts, sample.size()));
    return new Ranges<>(
        IntStream.range(1, most)
            .mapToObj(part -> sample.get((int) ((long) part * sample.size() / most)))
            .toList(),
        UNSIGNED);
  }

  /**
   * Ranges of the numbers of files: neighbours, until there are enough bytes.
   *
   * @param bytes of a part, about; at least one file is in each
   */
  static Ranges<Integer> ofFiles(List<ResultFile> files, long bytes) {
    List<Integer> begins = new ArrayList<>();
    long held = 0;
    for (int file = 0; file < files.size(); file++) {
      if (file > 0 && held + files.get(file).bytes() > bytes) {
        begins.add(file);
        held = 0;
      }
      held += files.get(file).bytes();
    }
    return new Ranges<>(begins, Comparator.naturalOrder());
  }

  @Override
  public int numPartitions() {
    return begins.size() + 1;
  }

  @SuppressWarnings("unchecked") // of all that Spark asks for
  @Override
  public int getPartition(Object key) {
    int found = Collections.binarySearch(begins, (K) key, order);
    return found >= 0 ? found + 1 : -found - 1;
  }
}
