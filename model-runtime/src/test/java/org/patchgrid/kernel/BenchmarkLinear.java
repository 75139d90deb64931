package org.patchgrid.kernel;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;

/**
 * A linear map of SmolLM2-135M's MLP by the number of rows, with both kernels. Gates nothing; for
 * whoever changes a kernel or the size of its blocks. From the root:
 *
 * <pre>{@code
 * mvn -B -q -pl model-runtime test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath.txt
 * OMP_NUM_THREADS=1 java -cp model-runtime/target/test-classes:model-runtime/target/classes:$(cat model-runtime/target/test-classpath.txt) \
 *     org.openjdk.jmh.Main BenchmarkLinear
 * }</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Dai.djl.offline=true", "-Dai.djl.pytorch.num_threads=1"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BenchmarkLinear {
  private static final int INPUTS = 576;
  private static final int OUTPUTS = 1536;

  private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager();

  @Param({"ONEDNN", "PLAIN"})
  private Kernel kernel = Kernel.PLAIN;

  /** One token, a prompt, a block of oneDNN, a little more, a wave. */
  @Param({"1", "12", "64", "65", "2048"})
  private int rows;

  private NDArray x = manager.create(0f);
  private Linear linear = value -> value;

  @Setup
  public void prepare() {
    x = manager.randomUniform(-1, 1, new Shape(rows, INPUTS));
    NDArray weight = manager.randomUniform(-1, 1, new Shape(OUTPUTS, INPUTS));
    linear = TensorKernels.load(kernel, Dtype.FLOAT32, manager).linear(weight, Optional.empty());
  }

  @TearDown
  public void close() {
    manager.close();
  }

  @Benchmark
  public long map() {
    try (NDArray y = linear.apply(x)) {
      return y.size();
    }
  }
}
