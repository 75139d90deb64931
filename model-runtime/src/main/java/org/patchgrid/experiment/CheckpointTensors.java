package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import org.patchgrid.checkpoint.CheckpointReader;
import org.patchgrid.checkpoint.WeightTensor;
import org.patchgrid.family.TensorLoader;
import org.patchgrid.kernel.Linear;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorOps;

/** Reads a checkpoint's tensors straight into native memory that the model's manager owns. */
final class CheckpointTensors implements TensorLoader {
  /** What one of Java's buffers can show of an array. */
  private static final long LARGEST_BLOCK_BYTES = 1 << 30;

  private final CheckpointReader reader;
  private final NDManager owner;
  private final TensorOps ops;

  CheckpointTensors(CheckpointReader reader, NDManager owner, TensorOps ops) {
    this.reader = reader;
    this.owner = owner;
    this.ops = ops;
  }

  @Override
  public boolean has(String name) {
    return reader.has(name);
  }

  @Override
  public NDArray tensor(String name, long... shape) {
    WeightTensor tensor = reader.tensor(name, shape);
    return NativeArrays.filled(
        owner, new Shape(shape), DataType.FLOAT32, array -> read(tensor, array));
  }

  private static void read(WeightTensor tensor, NDArray array) {
    long rows = tensor.shape().rows();
    long rowsOfBlock = Math.max(1, LARGEST_BLOCK_BYTES / tensor.rowBytes());
    for (long row = 0; row < rows; row += rowsOfBlock) {
      long end = Math.min(rows, row + rowsOfBlock);
      try (NDArray block = array.get(new NDIndex("{}:{}", row, end))) { // a view
        tensor.read(row, end - row, NativeArrays.memory(block));
      }
    }
  }

  @Override
  public boolean sameValues(String first, String second) {
    return reader.sameValues(first, second);
  }

  @Override
  public Linear linear(NDArray weight, Optional<NDArray> bias) {
    Linear linear = ops.linear(weight, bias);
    if (ops.kernel().packsWeights()) {
      weight.close();
    }
    return linear;
  }

  @Override
  public Linear linearOfShared(NDArray weight) {
    return ops.wideLinear(weight);
  }
}
