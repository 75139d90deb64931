package org.patchgrid.input;

import java.io.Serializable;
import java.util.List;

/**
 * What one pass over a prompt file found: enough to read any range of it without another pass.
 *
 * @param bytes length of the file
 * @param sha256 of the file's content, in hexadecimal
 * @param checkpoints where the pairs 0, 1,024, 2,048 and so on begin
 */
public record PromptIndex(long pairs, long bytes, String sha256, List<Checkpoint> checkpoints)
    implements Serializable {
  /** How many pairs lie between two checkpoints. */
  static final int CHECKPOINT_INTERVAL = 1024;

  /**
   * Where a record begins.
   *
   * @param offset bytes from the start of the file; in Parquet the number of the row, from 0
   * @param line line of the file, from 1; in Parquet the row, from 1
   */
  public record Checkpoint(long offset, long line) implements Serializable {}

  public PromptIndex {
    checkpoints = List.copyOf(checkpoints);
    if (checkpoints.size() != (pairs + CHECKPOINT_INTERVAL - 1) / CHECKPOINT_INTERVAL) {
      throw new IllegalArgumentException(
          checkpoints.size() + " checkpoints do not fit " + pairs + " pairs");
    }
  }

  /** The last checkpoint at or before {@code pair}. */
  Checkpoint checkpointOf(long pair) {
    return checkpoints.get(Math.toIntExact(pair / CHECKPOINT_INTERVAL));
  }
}
