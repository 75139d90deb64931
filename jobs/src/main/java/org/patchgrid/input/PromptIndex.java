package org.patchgrid.input;

import java.io.Serializable;
import java.util.List;
import org.patchgrid.conf.PromptFormat;

/**
 * What one pass over a prompt file found: enough to read any range of it without another pass.
 *
 * @param bytes length of the file
 * @param sha256 of the file's content, in hexadecimal
 * @param dialect how its records become pairs
 * @param checkpoints where the pairs 0, 1,024, 2,048 and so on begin
 */
public record PromptIndex(
    long pairs, long bytes, String sha256, PromptDialect dialect, List<Checkpoint> checkpoints)
    implements Serializable {
  /** How many pairs lie between two checkpoints. */
  static final int CHECKPOINT_INTERVAL = 1024;

  /**
   * Where a record begins.
   *
   * @param offset bytes from the start of the file; in Parquet the number of the row, from 0, and
   *     in a JSON document that of the record
   * @param line line of the file, from 1; in Parquet the row, from 1, and in a JSON document the
   *     record
   */
  public record Checkpoint(long offset, long line) implements Serializable {}

  public PromptIndex {
    checkpoints = List.copyOf(checkpoints);
    if (checkpoints.size() != (pairs + CHECKPOINT_INTERVAL - 1) / CHECKPOINT_INTERVAL) {
      throw new IllegalArgumentException(
          checkpoints.size() + " checkpoints do not fit " + pairs + " pairs");
    }
  }

  /** Equal for files that give equal pairs because of equal content and an equal reading of it. */
  public String identity() {
    return dialect.format() == PromptFormat.PATCHGRID
        ? sha256
        : sha256 + " as " + dialect.format().label() + ", " + String.join("; ", dialect.remarks());
  }

  /** The last checkpoint at or before {@code pair}. */
  Checkpoint checkpointOf(long pair) {
    return checkpoints.get(Math.toIntExact(pair / CHECKPOINT_INTERVAL));
  }
}
