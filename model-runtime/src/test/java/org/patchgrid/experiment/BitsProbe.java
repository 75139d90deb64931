package org.patchgrid.experiment;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.patchgrid.kernel.Activation;
import org.patchgrid.kernel.Linear;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Dtype;

/**
 * Prints hashes of what the kernel's operations give, and of all states of random plans on the demo
 * model, by each engine. A program of its own, since a JVM has one number of threads.
 */
final class BitsProbe {
  private BitsProbe() {}

  public static void main(String[] arguments) throws NoSuchAlgorithmException {
    try (LoadedModel model = LoadedModel.load(TestModels.atlas())) {
      try (NDManager manager = model.newManager()) {
        printOperations(TensorKernels.load(TensorKernels.best(), Dtype.FLOAT32, manager), manager);
      }
      for (int length : List.of(12, 70)) {
        List<PairCells> pairs = new RandomPlan(model.structure(), length, length).pairs(2, 10);
        for (org.patchgrid.study.Engine engine : org.patchgrid.study.Engine.values()) {
          try (NDManager manager = model.newManager()) {
            String hash = hash(model.engine(Computation.of(engine), manager).run(pairs));
            System.out.println(engine + " " + length + " tokens: " + hash);
          }
        }
      }
    }
  }

  /** Of arrays so large that libtorch shares them out among threads. */
  private static void printOperations(TensorOps ops, NDManager manager)
      throws NoSuchAlgorithmException {
    Engine.getEngine("PyTorch").setRandomSeed(1);
    NDArray x = manager.randomNormal(new Shape(1001, 577));
    NDArray up = manager.randomNormal(new Shape(1001, 577));
    System.out.println("silu: " + hash(ops.gated(Activation.SILU, x, up)));
    NDArray weight = manager.randomNormal(new Shape(577));
    System.out.println("norm: " + hash(ops.rmsNorm(x, weight, manager.create(1e-5f))));
    for (int outputs : List.of(24, 72, 192)) {
      Linear linear = ops.linear(manager.randomNormal(new Shape(outputs, 577)), Optional.empty());
      System.out.println("linear to " + outputs + ": " + hash(linear.apply(x)));
    }
  }

  private static String hash(NDArray array) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    update(digest, array.toFloatArray());
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String hash(List<PairStates> pairs) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (PairStates pair : pairs) {
      update(digest, pair.clean());
      update(digest, pair.corrupted());
      for (Optional<float[]> patched : pair.patched()) {
        update(digest, patched.orElseThrow());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, float[] state) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * state.length);
    bytes.asFloatBuffer().put(state);
    digest.update(bytes);
  }
}
