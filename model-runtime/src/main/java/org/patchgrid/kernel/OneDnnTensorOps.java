package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Locale;
import java.util.Optional;
import org.patchgrid.study.Kernel;

/**
 * {@link TensorOps} with oneDNN's linear maps over packed weights, which libtorch reaches by
 * operators that DJL does not show.
 *
 * <p><b>Row invariance.</b> A token's result has the same bits whatever other tokens are computed
 * with it, and however many threads compute them. That takes some care, because libraries choose
 * their code by the size of the whole:
 *
 * <ul>
 *   <li>oneDNN keeps a row's bits for any number of rows on processors with AVX-512 (a single row
 *       can differ) and for 2 to 70 with AVX2: there rows go through in blocks of at most {@value
 *       #BLOCK_ROWS}, and a single row is computed twice on both.
 *   <li>It adds up a long input in another order for few rows than for many where the output is
 *       narrow and no multiple of {@value #WHOLE_OUTPUTS}: weights are filled up to that.
 *   <li>Vectorised functions treat the last elements of what one thread has by other code:
 *       activation functions and {@code tanh} go through whole vectors, and through pieces that
 *       threads do not share.
 * </ul>
 *
 * <p>Sums over the width and the elementary operations have one order or none.
 */
final class OneDnnTensorOps implements TensorOps {
  /** Tokens of one call of the linear kernel where it keeps the bits of so many only. */
  private static final int BLOCK_ROWS = 64;

  /** Tokens that packed weights are laid out for: a choice of speed. */
  private static final int PACKED_FOR_ROWS = 64;

  /** Elements that every processor's vectorised loop goes through in whole steps. */
  private static final int WHOLE_VECTORS = 64;

  /** So small an array is not shared out: libtorch does that from 32,768 elements on. */
  private static final int ONE_THREADS_ELEMENTS = 16_384;

  /** Fewer columns than a vector has, libtorch's softmax goes through one by one. */
  private static final int SOFTMAX_COLUMNS = 16;

  /** Outputs of a linear map that every kernel computes alike. */
  private static final int WHOLE_OUTPUTS = 32;

  private static final String METHODS =
      """
        def forward(self: __torch__.M, x: Tensor) -> Tensor:
          return x
        def pack(self: __torch__.M, weight: Tensor) -> Tensor:
          missing = (self).missing(torch.size(weight, 0), %4$d, )
          if torch.eq(missing, 0):
            whole = weight
          else:
            whole = torch.constant_pad_nd(weight, [0, 0, 0, missing])
          return ops.mkldnn._reorder_linear_weight(whole, %5$d)
        def missing(self: __torch__.M, size: int, whole: int) -> int:
          return torch.remainder(torch.sub(whole, torch.remainder(size, whole)), whole)
        def block(self: __torch__.M, x: Tensor, packed: Tensor) -> Tensor:
          if torch.eq(torch.size(x, 0), 1):
            _0 = torch.slice(ops.mkldnn._linear_pointwise(torch.cat([x, x]), packed, None, "none", annotate(List[Optional[number]], []), ""), 0, 0, 1)
          else:
            _0 = ops.mkldnn._linear_pointwise(x, packed, None, "none", annotate(List[Optional[number]], []), "")
          return _0
        def blocks(self: __torch__.M, x: Tensor, packed: Tensor) -> Tensor:
          if torch.le(torch.size(x, 0), %1$d):
            _0 = (self).block(x, packed, )
          else:
            blocks = torch.split(x, %1$d)
            results = annotate(List[Tensor], [])
            for _1 in range(torch.len(blocks)):
              _2 = torch.append(results, (self).block(blocks[_1], packed, ))
            _0 = torch.cat(results)
          return _0
        def linear(self: __torch__.M, x: Tensor, packed: Tensor, outputs: int) -> Tensor:
          return torch.contiguous(torch.slice((self).blocks(x, packed, ), 1, 0, outputs))
        def biased_linear(self: __torch__.M, x: Tensor, packed: Tensor, outputs: int, bias: Tensor) -> Tensor:
          return torch.add_((self).linear(x, packed, outputs, ), bias)
        def rms_norm(self: __torch__.M, x: Tensor, weight: Tensor, epsilon: Tensor) -> Tensor:
          mean_square = torch.mean(torch.square(x), [-1], True)
          root = torch.sqrt_(torch.add_(mean_square, epsilon))
          return torch.mul_(torch.div(x, root), weight)
        def layer_norm(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor, epsilon: Tensor) -> Tensor:
          centered = torch.sub(x, torch.mean(x, [-1], True))
          variance = torch.mean(torch.square(centered), [-1], True)
          root = torch.sqrt_(torch.add_(variance, epsilon))
          return torch.add_(torch.mul_(torch.div_(centered, root), weight), bias)
        def softmax(self: __torch__.M, x: Tensor) -> Tensor:
          columns = torch.size(x, -1)
          if torch.ge(columns, %6$d):
            _0 = torch.softmax(x, -1)
          else:
            filled = torch.constant_pad_nd(x, [0, (self).missing(columns, %6$d, )], float("-inf"))
            _0 = torch.contiguous(torch.slice(torch.softmax(filled, -1), -1, 0, columns))
          return _0
        def rotated(self: __torch__.M, x: Tensor, cosine: Tensor, sine: Tensor, begin: int, step: int) -> Tensor:
          width = torch.size(x, 2)
          end = torch.sub(width, begin)
          result = torch.mul(x, cosine)
          first = torch.mul(torch.slice(x, 2, begin, width, step), torch.slice(sine, 2, 0, end, step))
          second = torch.mul(torch.slice(x, 2, 0, end, step), torch.slice(sine, 2, begin, width, step))
          _0 = torch.sub_(torch.slice(result, 2, 0, end, step), first)
          _1 = torch.add_(torch.slice(result, 2, begin, width, step), second)
          return result
        def whole(self: __torch__.M, x: Tensor) -> Tensor:
          missing = (self).missing(torch.numel(x), %2$d, )
          if torch.eq(missing, 0):
            _0 = torch.flatten(x)
          else:
            _0 = torch.constant_pad_nd(torch.flatten(x), [0, missing])
          return _0
        def soft_cap(self: __torch__.M, x: Tensor, cap: Tensor) -> Tensor:
          filled = (self).whole(torch.div_(x, cap), )
          pieces = torch.split(filled, %3$d)
          for _0 in range(torch.len(pieces)):
            _1 = torch.tanh_(pieces[_0])
          capped = torch.reshape(torch.slice(filled, 0, 0, torch.numel(x)), torch.size(x))
          return torch.mul_(capped, cap)
      """
              .formatted(
                  TensorKernels.hasAvx512() ? Integer.MAX_VALUE : BLOCK_ROWS,
                  WHOLE_VECTORS,
                  ONE_THREADS_ELEMENTS,
                  WHOLE_OUTPUTS,
                  PACKED_FOR_ROWS,
                  SOFTMAX_COLUMNS)
          + activation(Activation.SILU, "torch.silu(pieces[_0], out=results[_0])")
          + activation(Activation.GELU, "torch.gelu(pieces[_0], out=results[_0])")
          + activation(
              Activation.GELU_TANH, "torch.gelu(pieces[_0], approximate=\"tanh\", out=results[_0])")
          + activation(Activation.RELU, "torch.clamp_min(pieces[_0], 0, out=results[_0])");

  /** The function by itself, and times what it gates. */
  private static String activation(Activation activation, String step) {
    return elementwise(name(activation), step)
        + """
        def gated_%1$s(self: __torch__.M, gate: Tensor, up: Tensor) -> Tensor:
          x = (self).whole(gate, )
          result = torch.empty_like(x)
          pieces = torch.split(x, %2$d)
          ups = torch.split(torch.flatten(up), %2$d)
          results = torch.split(result, %2$d)
          for _0 in range(torch.len(pieces)):
            _1 = %3$s
            _2 = torch.mul_(torch.slice(results[_0], 0, 0, torch.len(ups[_0])), ups[_0])
          return torch.reshape(torch.slice(result, 0, 0, torch.numel(gate)), torch.size(gate))
      """
            .formatted(name(activation), ONE_THREADS_ELEMENTS, step);
  }

  /** A method that goes through whole vectors, and through pieces that threads do not share. */
  private static String elementwise(String name, String step) {
    return """
        def %1$s(self: __torch__.M, x: Tensor) -> Tensor:
          filled = (self).whole(x, )
          result = torch.empty_like(filled)
          pieces = torch.split(filled, %2$d)
          results = torch.split(result, %2$d)
          for _0 in range(torch.len(pieces)):
            _1 = %3$s
          return torch.reshape(torch.slice(result, 0, 0, torch.numel(x)), torch.size(x))
      """
        .formatted(name, ONE_THREADS_ELEMENTS, step);
  }

  private static String name(Activation activation) {
    return activation.name().toLowerCase(Locale.ROOT);
  }

  private final TorchScriptModule module;

  private OneDnnTensorOps(TorchScriptModule module) {
    this.module = module;
  }

  /**
   * The operations, empty where this libtorch has no oneDNN.
   *
   * @param owner of the compiled functions; must live as long as they are used
   */
  static Optional<TensorOps> load(NDManager owner) {
    try {
      return Optional.of(new OneDnnTensorOps(TorchScriptModule.compile(owner, METHODS)));
    } catch (ai.djl.engine.EngineException e) {
      return Optional.empty();
    }
  }

  @Override
  public Kernel kernel() {
    return Kernel.ONEDNN;
  }

  @Override
  public Linear linear(NDArray weight, Optional<NDArray> bias) {
    long outputs = weight.getShape().get(0);
    NDArray packed = module.call(weight.getManager(), "pack", weight);
    return x ->
        bias.isPresent()
            ? module.call(x.getManager(), "biased_linear", x, packed, outputs, bias.get())
            : module.call(x.getManager(), "linear", x, packed, outputs);
  }

  @Override
  public NDArray rmsNorm(NDArray x, NDArray weight, NDArray epsilon) {
    return module.call(x.getManager(), "rms_norm", x, weight, epsilon);
  }

  @Override
  public NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, NDArray epsilon) {
    return module.call(x.getManager(), "layer_norm", x, weight, bias, epsilon);
  }

  @Override
  public NDArray softmax(NDArray x) {
    return module.call(x.getManager(), "softmax", x);
  }

  @Override
  public NDArray rotated(RotaryPairs pairs, NDArray x, NDArray cosine, NDArray sine) {
    long begin = pairs == RotaryPairs.HALVES ? x.getShape().get(2) / 2 : 1; // of the pairs' second
    long step = pairs == RotaryPairs.HALVES ? 1 : 2;
    return module.call(x.getManager(), "rotated", x, cosine, sine, begin, step);
  }

  @Override
  public NDArray activated(Activation activation, NDArray x) {
    return module.call(x.getManager(), name(activation), x);
  }

  @Override
  public NDArray gated(Activation activation, NDArray gate, NDArray up) {
    return module.call(gate.getManager(), "gated_" + name(activation), gate, up);
  }

  @Override
  public NDArray softCap(NDArray x, NDArray cap) {
    return module.call(x.getManager(), "soft_cap", x, cap);
  }
}
