package org.patchgrid.checkpoint;

import java.nio.ByteBuffer;

/**
 * A tensor to be read as float32, rows first, straight to where it is needed: nothing of it is kept
 * here, and no more than a megabyte of the file (or one row) is in memory beside the target.
 */
public final class WeightTensor {
  private static final int STEP_BYTES = 1 << 20;

  private final StoredWeight weight;

  WeightTensor(StoredWeight weight) {
    this.weight = weight;
  }

  public TensorShape shape() {
    return weight.shape();
  }

  /** Bytes of a row as float32. */
  public long rowBytes() {
    return shape().rowElements() * Float.BYTES;
  }

  /**
   * Puts the values of some rows (elements, for a vector) into {@code target} from its position on,
   * and moves it behind them.
   *
   * @param target in the order of bytes in which the values are wanted
   */
  public void read(long firstRow, long rows, ByteBuffer target) {
    long end = firstRow + rows;
    for (long row = firstRow; row < end; row += rowsOfStep()) {
      long count = Math.min(rowsOfStep(), end - row);
      weight.read(row, count, target);
      target.position(target.position() + Math.toIntExact(count * rowBytes()));
    }
  }

  /** Whether the other, of the same shape, has the same values, bit for bit. */
  boolean hasValuesOf(WeightTensor other) {
    for (long row = 0; row < shape().rows(); row += rowsOfStep()) {
      long count = Math.min(rowsOfStep(), shape().rows() - row);
      if (!values(row, count).equals(other.values(row, count))) {
        return false;
      }
    }
    return true;
  }

  private ByteBuffer values(long firstRow, long rows) {
    ByteBuffer values = ByteBuffer.allocate(Math.toIntExact(rows * rowBytes()));
    read(firstRow, rows, values);
    return values.flip();
  }

  private long rowsOfStep() {
    return Math.max(1, STEP_BYTES / Math.max(1, rowBytes()));
  }
}
