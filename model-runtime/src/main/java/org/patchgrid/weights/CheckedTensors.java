package org.patchgrid.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.util.passthrough.PassthroughNDManager;
import java.util.List;
import java.util.Optional;
import org.patchgrid.checkpoint.CheckpointReader;
import org.patchgrid.family.TensorLoader;
import org.patchgrid.family.TensorRows;
import org.patchgrid.kernel.Linear;

/**
 * Looks whether a checkpoint stores all that a family asks for, in these shapes, and nothing else.
 * No value is read and no engine is loaded: what it hands out stands for a tensor and has no
 * numbers.
 */
record CheckedTensors(CheckpointReader reader) implements TensorLoader {
  @Override
  public boolean has(String name) {
    return reader.has(name);
  }

  @Override
  public NDArray tensor(String name, long... shape) {
    return PassthroughNDManager.INSTANCE.create(reader.tensor(name, shape));
  }

  @Override
  public List<Long> shape(String name) {
    return reader.shape(name).sizes();
  }

  @Override
  public NDArray tensor(TensorRows rows) {
    return tensor(rows.tensor(), rows.shape().stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public NDArray onePlus(String name, long... shape) {
    return tensor(name, shape);
  }

  @Override
  public boolean sameValues(String first, String second) {
    return reader.sameValues(first, second);
  }

  @Override
  public Linear linear(NDArray weight, Optional<NDArray> bias) {
    return linearOfShared(weight);
  }

  @Override
  public Linear linearOfShared(NDArray weight) {
    return x -> {
      throw new IllegalStateException("The weights were checked, not read");
    };
  }
}
