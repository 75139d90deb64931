package org.patchgrid.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What tensors hold, for tests. */
public final class StoredValues {
  private StoredValues() {}

  /** The elements of an F64 tensor, as reference values are stored, rows first. */
  public static double[] doubles(SafetensorsFile file, String name) {
    StoredTensor tensor = file.tensor(name).orElseThrow();
    ByteBuffer stored =
        ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    file.read(tensor, 0, stored);
    double[] values = new double[Math.toIntExact(tensor.shape().elements())];
    stored.flip().asDoubleBuffer().get(values);
    return values;
  }

  /** All values of a weight. */
  public static float[] floats(WeightTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().elements())];
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
    tensor.read(0, tensor.shape().rows(), bytes);
    bytes.flip().asFloatBuffer().get(values);
    return values;
  }
}
