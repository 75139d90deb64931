package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Optional;
import org.patchgrid.checkpoint.CheckpointReader;
import org.patchgrid.checkpoint.WeightTensor;
import org.patchgrid.family.TensorLoader;
import org.patchgrid.kernel.Linear;
import org.patchgrid.kernel.TensorOps;

/** Copies a checkpoint's tensors into native memory that the model's manager owns. */
final class CheckpointTensors implements TensorLoader {
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
    try (NDManager loading = owner.newSubManager()) {
      NDList blocks = new NDList();
      for (WeightTensor.Block block : tensor.blocks()) {
        long[] blockShape = Arrays.copyOf(shape, shape.length);
        blockShape[0] = block.rows();
        blocks.add(loading.create(block.bytes(), new Shape(blockShape), DataType.FLOAT32));
      }
      // A copy either way: a block may be a mapped file or Java memory that the collector watches.
      NDArray copy = blocks.size() == 1 ? blocks.head().duplicate() : NDArrays.concat(blocks);
      copy.attach(owner);
      return copy;
    }
  }

  @Override
  public Linear linear(NDArray weight, Optional<NDArray> bias) {
    return ops.linear(weight, bias);
  }
}
