package org.patchgrid.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;

/**
 * The fastest matrix product that this machine was seen to do: what a program that only multiplies
 * could reach.
 *
 * @param rows tokens of the product
 * @param inputs width of a token before it
 * @param outputs width of a token behind it
 */
public record GemmRate(
    double operationsPerSecond, Kernel kernel, int rows, int inputs, int outputs) {
  /** Few rows fit the cache, many hide what a call costs; which is faster differs by machine. */
  private static final int[] ROWS = {64, 512, 2048};

  private static final int FEWEST_PRODUCTS = 3;
  private static final long NANOSECONDS_EACH = 20_000_000;

  public GemmRate best(GemmRate other) {
    return operationsPerSecond >= other.operationsPerSecond ? this : other;
  }

  /**
   * The best rate over the sizes of a model's linear maps, some numbers of rows and every kernel of
   * this machine; each is the best of several products, since another program may take the core
   * during one.
   *
   * @param parent nothing is left in it
   */
  public static GemmRate measure(NDManager parent, ModelStructure model) {
    int width = model.modelWidth();
    GemmRate best = new GemmRate(0, Kernel.PLAIN, 0, 0, 0);
    try (NDManager scope = parent.newSubManager()) {
      for (TensorOps ops : kernels(scope)) {
        for (int rows : ROWS) {
          best =
              best.best(measure(scope, ops, rows, width, model.queryWidth()))
                  .best(measure(scope, ops, rows, width, model.mlpWidth()))
                  .best(measure(scope, ops, rows, model.mlpWidth(), width));
        }
      }
    }
    return best;
  }

  private static List<TensorOps> kernels(NDManager owner) {
    List<TensorOps> kernels = new ArrayList<>(List.of(new PlainTensorOps()));
    OneDnnTensorOps.load(owner).ifPresent(kernels::add);
    return kernels;
  }

  private static GemmRate measure(
      NDManager parent, TensorOps ops, int rows, int inputs, int outputs) {
    try (NDManager scope = parent.newSubManager()) {
      NDArray x = scope.randomUniform(-1, 1, new Shape(rows, inputs));
      NDArray weight = scope.randomUniform(-1, 1, new Shape(outputs, inputs));
      Linear linear = ops.linear(weight, Optional.empty());
      long shortest = Long.MAX_VALUE;
      long begin = System.nanoTime();
      long now = begin;
      for (int i = 0; i < FEWEST_PRODUCTS || now - begin < NANOSECONDS_EACH; i++) {
        long before = now;
        linear.apply(x).close();
        now = System.nanoTime();
        shortest = Math.min(shortest, now - before);
      }
      double operations = 2.0 * rows * inputs * outputs;
      return new GemmRate(operations / (shortest * 1e-9), ops.kernel(), rows, inputs, outputs);
    }
  }
}
