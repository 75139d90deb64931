package org.patchgrid.kernel;

/** The function inside an MLP. */
public enum Activation {
  /** {@code x * sigmoid(x)}; also called swish. */
  SILU,
  /** {@code x * Phi(x)}, with the error function: {@code gelu}. */
  GELU,
  /**
   * {@code x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))}: {@code gelu_new}, {@code
   * gelu_pytorch_tanh}.
   */
  GELU_TANH,
  /** {@code max(x, 0)}. */
  RELU
}
