package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import java.util.Optional;
import org.patchgrid.study.Kernel;

/**
 * {@link TensorOps} through which gradients go: as {@link PlainTensorOps}, but nothing is changed
 * in place that the way back reads again.
 */
public final class DifferentiableTensorOps implements TensorOps {
  /** Of the polynomial inside the approximation of GELU. */
  private static final double CUBIC = 0.044715;

  private static final double HALF = 0.5;

  private final TensorOps plain = new PlainTensorOps();

  @Override
  public Kernel kernel() {
    return plain.kernel();
  }

  @Override
  public Linear linear(NDArray weight, Optional<NDArray> bias) {
    return plain.linear(weight, bias);
  }

  @Override
  public NDArray rmsNorm(NDArray x, NDArray weight, NDArray epsilon) {
    return plain.rmsNorm(x, weight, epsilon);
  }

  @Override
  public NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, NDArray epsilon) {
    return plain.layerNorm(x, weight, bias, epsilon);
  }

  @Override
  public NDArray activated(Activation activation, NDArray x) {
    return switch (activation) {
      case SILU -> ai.djl.nn.Activation.sigmoid(x).mul(x);
      case GELU -> ai.djl.nn.Activation.gelu(x);
      case GELU_TANH -> geluByTanh(x);
      case RELU -> ai.djl.nn.Activation.relu(x);
    };
  }

  private static NDArray geluByTanh(NDArray x) {
    NDArray polynomial = x.square().mul(CUBIC).add(1).mul(x).mul(Math.sqrt(2 / Math.PI));
    return polynomial.tanh().add(1).mul(x).mul(HALF);
  }

  @Override
  public NDArray gated(Activation activation, NDArray gate, NDArray up) {
    return activated(activation, gate).mul(up);
  }

  @Override
  public NDArray softCap(NDArray x, NDArray cap) {
    return x.div(cap).tanh().mul(cap);
  }
}
