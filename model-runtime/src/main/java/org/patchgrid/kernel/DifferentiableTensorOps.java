package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;

/**
 * {@link PlainTensorOps} through which gradients go: nothing is changed in place that the way back
 * reads again.
 */
public final class DifferentiableTensorOps extends PlainTensorOps {
  @Override
  public NDArray activated(Activation activation, NDArray x) {
    return switch (activation) {
      case SILU -> ai.djl.nn.Activation.sigmoid(x).mul(x);
      case GELU_TANH -> geluByTanh(x);
      case GELU, RELU -> super.activated(activation, x);
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
