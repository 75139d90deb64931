package org.patchgrid.weights;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.patchgrid.checkpoint.CheckpointReader;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.family.ModelFamilies;
import org.patchgrid.family.ModelFamily;
import org.patchgrid.family.TensorLoader;
import org.patchgrid.kernel.CudaMachine;
import org.patchgrid.kernel.NativeLibraries;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.transformer.TransformerWeights;

/** A Hugging Face directory whose configuration was read, and whose weights are to be. */
public record OpenedModel(ModelDirectory directory, ModelFamily family, TransformerConfig config) {
  /**
   * Reads the configuration.
   *
   * @throws PatchgridException if it is missing, damaged or of a kind that Patchgrid does not know
   */
  public static OpenedModel open(Path path) {
    ModelDirectory directory = ModelDirectory.open(path);
    ModelFamily family = ModelFamilies.of(directory.config());
    return new OpenedModel(directory, family, family.config(directory.name(), directory.config()));
  }

  /**
   * The owner of a model's weights; the caller closes it.
   *
   * @param gpu which GPU of this machine, from 0; of no meaning on the CPU
   */
  public static NDManager newOwner(Device device, int gpu) {
    return switch (device) {
      case CPU -> NativeLibraries.engine().newBaseManager(ai.djl.Device.cpu());
      case GPU -> CudaMachine.here().open(NativeLibraries::engine, gpu);
    };
  }

  /**
   * What {@code load} makes with the owner of a model's weights, who is closed if that fails.
   *
   * @param gpu as for {@link #newOwner}
   */
  public static <T> T load(Device device, int gpu, Function<NDManager, T> load) {
    NDManager owner = newOwner(device, gpu);
    try {
      T loaded = load.apply(owner);
      owner.cap(); // from here on, an array that lands in this manager is a leak and throws
      return loaded;
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /**
   * All weights, as arrays of {@code owner}.
   *
   * @param shared a directory of this host and of this model's content alone, where processes keep
   *     one copy of the float32 matrices for all of them, if there is room
   * @throws PatchgridException if a file is missing or damaged, or holds what no weight is made of
   */
  public TransformerWeights weights(NDManager owner, TensorOps ops, Optional<Path> shared) {
    long bytes = new WeightMemory(config, ops.kernel(), Dtype.FLOAT32).sharedBytes();
    Optional<SharedWeights> matrices = shared.flatMap(there -> SharedWeights.in(there, bytes));
    return read(reader -> new CheckpointTensors(reader, owner, ops, matrices));
  }

  /**
   * Looks whether the weights are all there, and nothing else; reads none of them.
   *
   * @throws PatchgridException as {@link #weights}
   */
  void requireWeights() {
    read(CheckedTensors::new);
  }

  private TransformerWeights read(Function<CheckpointReader, TensorLoader> loader) {
    CheckpointReader reader = new CheckpointReader(directory);
    TransformerWeights weights = family.weights(config, loader.apply(reader));
    reader.ignore(family::isIgnorable);
    reader.requireAllRead();
    return weights;
  }
}
