package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.Optional;
import org.patchgrid.study.Kernel;

/** {@link TensorOps} from the array operations that DJL has on every platform. */
public final class PlainTensorOps implements TensorOps {
  private static final int[] WIDTH = {-1};

  @Override
  public Kernel kernel() {
    return Kernel.PLAIN;
  }

  @Override
  public Linear linear(NDArray weight, Optional<NDArray> bias) {
    return x ->
        ai.djl.nn.core.Linear.linear(x, weight, bias.orElse(null)).singletonOrThrow(); // [N, out]
  }

  @Override
  public NDArray rmsNorm(NDArray x, NDArray weight, NDArray epsilon) {
    try (NDArray square = x.square()) {
      NDArray rootMeanSquare = square.mean(WIDTH, true).add(epsilon).sqrt(); // [N, 1]
      return x.div(rootMeanSquare).muli(weight);
    }
  }

  @Override
  public NDArray gatedSilu(NDArray gate, NDArray up) {
    return Activation.sigmoid(gate).muli(gate).muli(up);
  }
}
