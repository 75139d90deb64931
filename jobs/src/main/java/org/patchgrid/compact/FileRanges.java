package org.patchgrid.compact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.Partitioner;
import org.patchgrid.store.ResultFile;

/** Which part a file belongs to, by its number: neighbours, until there are enough bytes. */
final class FileRanges extends Partitioner {
  private static final long serialVersionUID = 1;

  /** [part]: the number of its first file. */
  private final int[] firsts;

  private FileRanges(int[] firsts) {
    this.firsts = firsts;
  }

  /**
   * @param bytes of a part, about; at least one file is in each
   */
  static FileRanges of(List<ResultFile> files, long bytes) {
    List<Integer> firsts = new ArrayList<>();
    long held = 0;
    for (int file = 0; file < files.size(); file++) {
      if (firsts.isEmpty() || held + files.get(file).bytes() > bytes) {
        firsts.add(file);
        held = 0;
      }
      held += files.get(file).bytes();
    }
    return new FileRanges(firsts.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public int numPartitions() {
    return firsts.length;
  }

  @Override
  public int getPartition(Object number) {
    int found = Arrays.binarySearch(firsts, (Integer) number);
    return found >= 0 ? found : -found - 2;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileRanges ranges && Arrays.equals(firsts, ranges.firsts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(firsts);
  }
}
