package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import java.util.Optional;
import org.patchgrid.study.Kernel;

/** {@link TensorOps} from the array operations that DJL has on every platform. */
sealed class PlainTensorOps implements TensorOps permits DifferentiableTensorOps {
  private static final int[] WIDTH = {-1};

  /** Of the polynomial inside the approximation of GELU. */
  static final double CUBIC = 0.044715;

  static final double HALF = 0.5;

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
  public NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, NDArray epsilon) {
    try (NDArray mean = x.mean(WIDTH, true);
        NDArray centered = x.sub(mean);
        NDArray square = centered.square()) {
      NDArray deviation = square.mean(WIDTH, true).add(epsilon).sqrt(); // [N, 1]
      return centered.div(deviation).muli(weight).addi(bias);
    }
  }

  @Override
  public NDArray rotated(RotaryPairs pairs, NDArray x, NDArray cosine, NDArray sine) {
    NDArray turned = turnedByAQuarter(pairs, x);
    return x.mul(cosine).addi(turned.muli(sine));
  }

  /** (a, b) to (-b, a) of every pair. */
  private static NDArray turnedByAQuarter(RotaryPairs pairs, NDArray x) {
    return switch (pairs) {
      case HALVES -> {
        long half = x.getShape().get(2) / 2;
        NDArray first = x.get("..., :{}", half);
        NDArray second = x.get("..., {}:", half);
        yield second.neg().concat(first, -1);
      }
      case NEIGHBOURS -> {
        NDArray even = x.get("..., ::2");
        NDArray odd = x.get("..., 1::2");
        yield odd.neg().stack(even, 3).reshape(x.getShape()); // [..., half the dimensions, 2]
      }
    };
  }

  @Override
  public NDArray activated(Activation activation, NDArray x) {
    return switch (activation) {
      case SILU -> ai.djl.nn.Activation.sigmoid(x).muli(x);
      case GELU -> ai.djl.nn.Activation.gelu(x);
      case GELU_TANH -> geluByTanh(x);
      case RELU -> ai.djl.nn.Activation.relu(x);
    };
  }

  private static NDArray geluByTanh(NDArray x) {
    try (NDArray square = x.square();
        NDArray inner = square.muli(CUBIC).addi(1).muli(x).muli(Math.sqrt(2 / Math.PI))) {
      return inner.tanh().addi(1).muli(x).muli(HALF);
    }
  }

  @Override
  public NDArray gated(Activation activation, NDArray gate, NDArray up) {
    return activated(activation, gate).muli(up);
  }

  @Override
  public NDArray softCap(NDArray x, NDArray cap) {
    return x.divi(cap).tanh().muli(cap);
  }
}
