package org.patchgrid.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.experiment.TestEngine;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;

/** Both kernels compute the same, and oneDNN's keep the bits of every row. */
class TensorOpsTest {
  /** Of one operation. Sums of n products are about the root of n, and n of them are rounded. */
  private static final double ROUNDING = 1.2e-7;

  private static final int ROWS = 2100;

  /**
   * Fewer than a block, blocks, and blocks with few and with one row left over; a wave has up to
   * 2,048.
   */
  private static final List<Integer> ROW_COUNTS =
      List.of(1, 2, 3, 5, 16, 63, 64, 65, 127, 130, 200, 384, 577, 1999);

  private NDManager manager;
  private TensorOps plain;
  private TensorOps oneDnn;

  @BeforeEach
  void load() {
    manager = TestEngine.newManager();
    plain = new PlainTensorOps();
    assumeThat(TensorKernels.best()).as("the kernel of this platform").isEqualTo(Kernel.ONEDNN);
    oneDnn = TensorKernels.load(Kernel.ONEDNN, Dtype.FLOAT32, manager);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  /** A linear map's sizes. */
  record Sizes(int in, int out) {
    long elements() {
      return (long) in * out;
    }
  }

  static Stream<Sizes> sizes() {
    return Stream.concat(modelSizes(), oddSizes());
  }

  /** Those of atlas-6l, SmolLM2-135M and a Llama of a billion parameters. */
  static Stream<Sizes> modelSizes() {
    return Stream.of(
        new Sizes(192, 192),
        new Sizes(192, 64),
        new Sizes(192, 512),
        new Sizes(512, 192),
        new Sizes(192, 1699),
        new Sizes(576, 576),
        new Sizes(576, 192),
        new Sizes(576, 1536),
        new Sizes(1536, 576),
        new Sizes(576, 49152),
        new Sizes(2048, 8192),
        new Sizes(8192, 2048));
  }

  /** Those where kernels change their ways: narrow, odd, longer than one block of a sum. */
  static Stream<Sizes> oddSizes() {
    return Stream.of(
        new Sizes(1, 1),
        new Sizes(7, 1031),
        new Sizes(33, 47),
        new Sizes(68, 32),
        new Sizes(576, 2),
        new Sizes(1031, 7),
        new Sizes(1025, 513),
        new Sizes(2048, 24),
        new Sizes(2048, 72));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void linearMapsAgree(Sizes sizes) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray weight = random(scope, 1, sizes.out(), sizes.in());
      NDArray bias = random(scope, 2, sizes.out());
      for (Optional<NDArray> added : List.of(Optional.of(bias), Optional.<NDArray>empty())) {
        Linear expected = plain.linear(weight, added);
        Linear actual = oneDnn.linear(weight.duplicate(), added);
        for (int rows : sizes.elements() > 1_000_000 ? List.of(3) : List.of(1, 2, 65, 200)) {
          NDArray x = random(scope, 3, rows, sizes.in());
          assertClose(actual.apply(x), expected.apply(x), sizes.in());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 32, 192, 576, 1031, 8192})
  void normsAndActivationsAgree(int width) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray weight = random(scope, 1, width);
      NDArray epsilon = scope.create(1e-5f);
      for (int rows : List.of(1, 2, 65, 200)) {
        NDArray x = random(scope, 2, rows, width);
        NDArray up = random(scope, 3, rows, width);
        assertClose(oneDnn.rmsNorm(x, weight, epsilon), plain.rmsNorm(x, weight, epsilon), 1);
        NDArray bias = random(scope, 4, width);
        NDArray cap = scope.create(3f);
        assertClose(
            oneDnn.layerNorm(x, weight, bias, epsilon),
            plain.layerNorm(x, weight, bias, epsilon),
            4);
        assertClose(oneDnn.softCap(x.duplicate(), cap), plain.softCap(x.duplicate(), cap), 1);
        for (Activation activation : Activation.values()) {
          assertClose(oneDnn.activated(activation, x), plain.activated(activation, x), 1);
          assertClose(oneDnn.gated(activation, x, up), plain.gated(activation, x, up), 1);
        }
      }
    }
  }

  /** Fewer columns than a vector has, and more; minus infinity where a query does not see a key. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 12, 15, 16, 17, 40})
  void softmaxesAgreeAndKeepTheBitsOfEveryRow(int columns) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray scores = random(scope, 1, ROWS, 3, columns).muli(20);
      scores.set(new NDIndex("::2, 1:, 1:"), Float.NEGATIVE_INFINITY);
      assertClose(oneDnn.softmax(scores), plain.softmax(scores), 1);
      assertRowsKeepTheirBits(List.of(scores), inputs -> oneDnn.softmax(inputs.get(0)));
    }
  }

  /** To the bit: each is a product, a product and their sum. */
  @ParameterizedTest
  @EnumSource
  void rotationsAreTheSame(RotaryPairs pairs) {
    try (NDManager scope = manager.newSubManager()) {
      for (int width : List.of(2, 6, 64, 80)) {
        for (int heads : List.of(1, 3)) {
          NDArray x = random(scope, 1, ROWS, heads, width);
          NDArray cosine = random(scope, 2, ROWS, 1, width);
          NDArray sine = random(scope, 3, ROWS, 1, width);
          NDArray expected = plain.rotated(pairs, x, cosine, sine);
          assertRowsKeepTheirBits(
              List.of(x, cosine, sine),
              expected,
              inputs -> oneDnn.rotated(pairs, inputs.get(0), inputs.get(1), inputs.get(2)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void linearMapsKeepTheBitsOfEveryRow(Sizes sizes) {
    try (NDManager scope = manager.newSubManager()) {
      Linear linear =
          oneDnn.linear(random(scope, 1, sizes.out(), sizes.in()), Optional.<NDArray>empty());
      boolean large = sizes.elements() > 1_000_000;
      NDArray x = random(scope, 2, large ? 600 : ROWS, sizes.in());
      assertRowsKeepTheirBits(List.of(x), inputs -> linear.apply(inputs.get(0)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 68, 72, 192, 512, 1536, 8192})
  void normsAndActivationsKeepTheBitsOfEveryRow(int width) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray x = random(scope, 1, ROWS, width);
      NDArray up = random(scope, 2, ROWS, width);
      NDArray weight = random(scope, 3, width);
      NDArray epsilon = scope.create(1e-5f);
      assertRowsKeepTheirBits(List.of(x), inputs -> oneDnn.rmsNorm(inputs.get(0), weight, epsilon));
      NDArray bias = random(scope, 4, width);
      NDArray cap = scope.create(3f);
      assertRowsKeepTheirBits(
          List.of(x), inputs -> oneDnn.layerNorm(inputs.get(0), weight, bias, epsilon));
      assertRowsKeepTheirBits(List.of(x), inputs -> oneDnn.softCap(inputs.get(0).duplicate(), cap));
      for (Activation activation : Activation.values()) {
        assertRowsKeepTheirBits(List.of(x), inputs -> oneDnn.activated(activation, inputs.get(0)));
        assertRowsKeepTheirBits(
            List.of(x, up), inputs -> oneDnn.gated(activation, inputs.get(0), inputs.get(1)));
      }
    }
  }

  private interface RowFunction {
    NDArray apply(List<NDArray> inputs);
  }

  /** Any number of the rows, from anywhere, have the bits that all of them together have. */
  private static void assertRowsKeepTheirBits(List<NDArray> inputs, RowFunction function) {
    try (NDArray expected = function.apply(inputs)) {
      assertRowsKeepTheirBits(inputs, expected, function);
    }
  }

  private static void assertRowsKeepTheirBits(
      List<NDArray> inputs, NDArray expected, RowFunction function) {
    long rows = expected.getShape().get(0);
    for (long count : ROW_COUNTS) {
      for (long first : List.of(0L, 37L, rows - count)) {
        if (first + count <= rows) {
          String some = first + ":" + (first + count);
          assertSameBits(some, function, inputs, expected);
        }
      }
    }
  }

  private static void assertSameBits(
      String some, RowFunction function, List<NDArray> inputs, NDArray expected) {
    List<NDArray> slices = new ArrayList<>();
    inputs.forEach(input -> slices.add(input.get(some)));
    try (NDArray actual = function.apply(slices);
        NDArray wanted = expected.get(some)) {
      assertThat(actual.toByteBuffer().equals(wanted.toByteBuffer())).as("rows %s", some).isTrue();
    }
    slices.forEach(NDArray::close);
  }

  private static void assertClose(NDArray actual, NDArray expected, int operations) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    float[] a = actual.toFloatArray();
    float[] b = expected.toFloatArray();
    for (int i = 0; i < a.length; i++) {
      double tolerance = ROUNDING * (16 + 2.0 * operations + 4 * Math.abs(b[i]));
      if (Math.abs(a[i] - b[i]) > tolerance) { // an assertion for each would take minutes
        assertThat((double) a[i]).as("element %d", i).isCloseTo(b[i], within(tolerance));
      }
    }
  }

  /** Normally distributed, the same for the same seed. */
  private static NDArray random(NDManager manager, int seed, long... shape) {
    Engine.getEngine("PyTorch").setRandomSeed(seed);
    return manager.randomNormal(new Shape(shape));
  }
}
