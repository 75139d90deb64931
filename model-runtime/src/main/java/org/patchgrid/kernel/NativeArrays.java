package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;

/**
 * Arrays from numbers of Java's, in memory of the library alone. DJL's own {@code create} makes the
 * array around a direct buffer, and that is freed when Java's collector finds it: of an array that
 * was closed long ago a copy would be left.
 */
public final class NativeArrays {
  private NativeArrays() {}

  /** An int64 vector of {@code owner}. */
  public static NDArray of(NDManager owner, long[] values) {
    NDArray array = owner.create(new Shape(values.length), DataType.INT64);
    memory(array).asLongBuffer().put(values);
    return array;
  }

  /** A float32 array of {@code owner}, the innermost axis last in {@code values}. */
  public static NDArray of(NDManager owner, float[] values, long... shape) {
    NDArray array = owner.create(new Shape(shape), DataType.FLOAT32);
    memory(array).asFloatBuffer().put(values);
    return array;
  }

  /**
   * The memory of an array that lies in one piece, below 2 GiB, in native order. Of no use once the
   * array is closed.
   */
  public static ByteBuffer memory(NDArray array) {
    return array.toByteBuffer(true);
  }
}
