package org.patchgrid.kernel;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Arrays from numbers of Java's, in memory of the library alone. DJL's own {@code create} makes the
 * array around a direct buffer, and that is freed when Java's collector finds it: of an array that
 * was closed long ago a copy would be left.
 */
public final class NativeArrays {
  private NativeArrays() {}

  /** An int64 vector of {@code owner}. */
  public static NDArray of(NDManager owner, long[] values) {
    return of(owner, values, values.length);
  }

  /** An int64 array of {@code owner}, the innermost axis last in {@code values}. */
  public static NDArray of(NDManager owner, long[] values, long... shape) {
    return filled(
        owner, new Shape(shape), DataType.INT64, array -> memory(array).asLongBuffer().put(values));
  }

  /** A float32 array of {@code owner}, the innermost axis last in {@code values}. */
  public static NDArray of(NDManager owner, float[] values, long... shape) {
    return filled(
        owner,
        new Shape(shape),
        DataType.FLOAT32,
        array -> memory(array).asFloatBuffer().put(values));
  }

  /**
   * An array of {@code owner}, on its device.
   *
   * @param fill writes into the {@link #memory} of an array of that shape
   */
  public static NDArray filled(
      NDManager owner, Shape shape, DataType type, Consumer<NDArray> fill) {
    if (!owner.getDevice().isGpu()) {
      NDArray array = owner.create(shape, type);
      fill.accept(array);
      return array;
    }
    try (NDManager host = owner.newSubManager(Device.cpu())) {
      NDArray array = host.create(shape, type);
      fill.accept(array);
      NDArray onDevice = array.toDevice(owner.getDevice(), true);
      onDevice.attach(owner);
      return onDevice;
    }
  }

  /**
   * A float32 array of {@code owner}, of the CPU, that lies where {@code memory} does, which stays
   * there as long as the array does. What is mapped read-only must not be changed in place: that
   * ends the process.
   *
   * @param memory direct, of as many bytes as the shape has
   */
  public static NDArray around(NDManager owner, ByteBuffer memory, Shape shape) {
    return owner.create(memory, shape, DataType.FLOAT32);
  }

  /**
   * The memory of an array of the CPU that lies in one piece, below 2 GiB, in native order. Of no
   * use once the array is closed.
   */
  public static ByteBuffer memory(NDArray array) {
    return array.toByteBuffer(true);
  }
}
