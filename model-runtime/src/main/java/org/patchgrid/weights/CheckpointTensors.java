package org.patchgrid.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Optional;
import org.patchgrid.checkpoint.CheckpointReader;
import org.patchgrid.checkpoint.WeightTensor;
import org.patchgrid.family.TensorLoader;
import org.patchgrid.family.TensorRows;
import org.patchgrid.kernel.Linear;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorOps;

/**
 * Reads a checkpoint's tensors straight into native memory that the model's manager owns.
 *
 * @param shared what matrices become shared by; vectors are this process's own, and so may be
 *     changed in place
 */
record CheckpointTensors(
    CheckpointReader reader, NDManager owner, TensorOps ops, Optional<SharedWeights> shared)
    implements TensorLoader {
  /** What one of Java's buffers can show of an array. */
  private static final long LARGEST_BLOCK_BYTES = 1 << 30;

  @Override
  public boolean has(String name) {
    return reader.has(name);
  }

  @Override
  public List<Long> shape(String name) {
    return reader.shape(name).sizes();
  }

  @Override
  public NDArray tensor(String name, long... shape) {
    return shared(whole(name, shape));
  }

  private NDArray whole(String name, long... shape) {
    WeightTensor tensor = reader.tensor(name, shape);
    return NativeArrays.filled(
        owner,
        new Shape(shape),
        DataType.FLOAT32,
        array -> read(tensor, 0, array, 0, tensor.shape().rows()));
  }

  @Override
  public NDArray tensor(TensorRows rows) {
    return shared(rows.inputsFirst() ? columns(rows) : rows(rows));
  }

  private NDArray shared(NDArray tensor) {
    return shared.isPresent() && tensor.getShape().dimension() > 1
        ? shared.get().share(tensor)
        : tensor;
  }

  private NDArray rows(TensorRows rows) {
    WeightTensor tensor = reader.tensor(rows.tensor(), sizes(rows));
    return NativeArrays.filled(
        owner,
        new Shape(rows.resultShape()),
        DataType.FLOAT32,
        array -> {
          for (long group = 0; group < rows.groups(); group++) {
            long from = group * rows.groupRows() + rows.first();
            read(tensor, from, array, group * rows.count(), rows.count());
          }
        });
  }

  /** Columns of the whole tensor, turned into rows. */
  private NDArray columns(TensorRows rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray whole = whole(rows.tensor(), sizes(rows)); // [in, outputs]
      whole.attach(scope);
      NDArray result =
          whole
              .transpose()
              .reshape(rows.groups(), rows.groupRows(), -1)
              .get(":, {}:{}", rows.first(), rows.first() + rows.count())
              .reshape(new Shape(rows.resultShape()))
              .duplicate();
      result.attach(owner);
      return result;
    }
  }

  private static long[] sizes(TensorRows rows) {
    return rows.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** Puts {@code count} rows of a tensor into an array from its row {@code to} on. */
  private static void read(WeightTensor tensor, long from, NDArray array, long to, long count) {
    long rowsOfBlock = Math.max(1, LARGEST_BLOCK_BYTES / tensor.rowBytes());
    for (long row = 0; row < count; row += rowsOfBlock) {
      long rows = Math.min(count - row, rowsOfBlock);
      NDIndex block = new NDIndex("{}:{}", to + row, to + row + rows);
      try (NDArray view = array.get(block)) {
        tensor.read(from + row, rows, NativeArrays.memory(view));
      }
    }
  }

  @Override
  public NDArray onePlus(String name, long... shape) {
    return tensor(name, shape).addi(1);
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
