package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.patchgrid.study.Kernel;

/**
 * {@link TensorOps} of layers in bfloat16. Norms and softmax sum in float32, products as the
 * library does.
 *
 * <p>What is given float32 is computed in float32, from weights that were never rounded: both forms
 * of them are kept, since the error of a study in bfloat16 is measured beside it.
 *
 * <p>DJL does not know the type (an array's is {@link DataType#UNKNOWN}), and its own casts and
 * softmax end the process. A method is one operation, so that TorchScript has none to fuse: fused
 * ones round otherwise, and only after some calls.
 */
final class BFloat16TensorOps implements TensorOps {
  private static final String METHODS =
      """
        def forward(self: __torch__.M, x: Tensor) -> Tensor:
          return x
        def narrow(self: __torch__.M, x: Tensor) -> Tensor:
          return torch.to(x, 15)
        def wide(self: __torch__.M, x: Tensor) -> Tensor:
          return torch.to(x, 6)
        def softmax(self: __torch__.M, x: Tensor) -> Tensor:
          return torch.softmax(x, -1)
        def silu(self: __torch__.M, x: Tensor) -> Tensor:
          return torch.silu(x)
        def gelu(self: __torch__.M, x: Tensor) -> Tensor:
          return torch.gelu(x)
        def gelu_tanh(self: __torch__.M, x: Tensor) -> Tensor:
          return torch.gelu(x, approximate="tanh")
        def relu(self: __torch__.M, x: Tensor) -> Tensor:
          return torch.relu(x)
      """;

  private final TensorOps float32 = new PlainTensorOps();
  private final TorchScriptModule module;

  /**
   * @param owner of the compiled functions; must live as long as they are used
   */
  BFloat16TensorOps(NDManager owner) {
    this.module = TorchScriptModule.compile(owner, METHODS);
  }

  @Override
  public Kernel kernel() {
    return Kernel.PLAIN;
  }

  @Override
  public Linear linear(NDArray weight, Optional<NDArray> bias) {
    Linear wide = float32.linear(weight, bias);
    Linear narrow = float32.linear(narrow(weight), bias.map(this::narrow));
    return x -> (isWide(x) ? wide : narrow).apply(x);
  }

  @Override
  public Linear wideLinear(NDArray weight) {
    return float32.wideLinear(weight);
  }

  @Override
  public NDArray narrow(NDArray x) {
    return call("narrow", x);
  }

  @Override
  public NDArray wide(NDArray x) {
    return call("wide", x);
  }

  @Override
  public NDArray rmsNorm(NDArray x, NDArray weight, NDArray epsilon) {
    return inFloat32(x, wide -> float32.rmsNorm(wide, weight, epsilon));
  }

  @Override
  public NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, NDArray epsilon) {
    return inFloat32(x, wide -> float32.layerNorm(wide, weight, bias, epsilon));
  }

  private NDArray inFloat32(NDArray x, UnaryOperator<NDArray> norm) {
    if (isWide(x)) {
      return norm.apply(x);
    }
    try (NDArray wide = wide(x);
        NDArray normed = norm.apply(wide)) {
      return narrow(normed);
    }
  }

  @Override
  public NDArray softmax(NDArray x) {
    return call("softmax", x);
  }

  @Override
  public NDArray rotated(RotaryPairs pairs, NDArray x, NDArray cosine, NDArray sine) {
    return float32.rotated(pairs, x, cosine, sine); // whatever the type of its arguments
  }

  @Override
  public NDArray activated(Activation activation, NDArray x) {
    return call(activation.name().toLowerCase(Locale.ROOT), x);
  }

  @Override
  public NDArray gated(Activation activation, NDArray gate, NDArray up) {
    // in place is not allowed on what a module gives
    try (NDArray activated = activated(activation, gate)) {
      return activated.mul(up);
    }
  }

  @Override
  public NDArray softCap(NDArray x, NDArray cap) {
    if (isWide(x)) {
      return float32.softCap(x, cap);
    }
    try (NDArray wide = wide(x);
        NDArray inner = wide.div(cap); // what a module gives may not be overwritten
        NDArray capped = inner.tanh().muli(cap)) {
      return narrow(capped);
    }
  }

  private static boolean isWide(NDArray x) {
    return x.getDataType() == DataType.FLOAT32;
  }

  private NDArray call(String method, NDArray x) {
    return module.call(x.getManager(), method, x);
  }
}
