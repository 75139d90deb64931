package org.patchgrid.patch;

import java.nio.charset.StandardCharsets;
import org.patchgrid.study.Cell;

/**
 * A number that is a function of a cell's key alone: the same on every machine, in every run and
 * however a study is cut. Uniform, so that the least of many picks one at random.
 */
public final class CellHash {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private CellHash() {}

  public static long of(Cell cell) {
    String key =
        String.join(
            "\0",
            cell.sweep(),
            cell.pairId(),
            cell.direction().label(),
            cell.component(),
            Integer.toString(cell.layer()),
            Integer.toString(cell.window()),
            Integer.toString(cell.head().orElse(-1)),
            Integer.toString(cell.position().orElse(-1)),
            cell.positionLabel().orElse(""),
            cell.value().label(),
            cell.corruption().label(),
            Integer.toString(cell.sourcePosition().orElse(-1)),
            cell.receiver().orElse(""));
    return of(key);
  }

  /** Of any text, as well mixed. */
  public static long of(String key) {
    long hash = FNV_OFFSET;
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return mixed(hash);
  }

  /** FNV-1a alone leaves keys that end alike close together; this is the end of SplitMix64. */
  private static long mixed(long hash) {
    long mixed = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
