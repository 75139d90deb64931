package org.patchgrid.experiment;

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
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.study.Device;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.transformer.TransformerWeights;

/** A Hugging Face directory whose configuration was read, and whose weights are to be. */
record OpenedModel(ModelDirectory directory, ModelFamily family, TransformerConfig config) {
  /**
   * Reads the configuration.
   *
   * @throws PatchgridException if it is missing, damaged or of a kind that Patchgrid does not know
   */
  static OpenedModel open(Path path) {
    ModelDirectory directory = ModelDirectory.open(path);
    ModelFamily family = ModelFamilies.of(directory.config());
    return new OpenedModel(directory, family, family.config(directory.name(), directory.config()));
  }

  /**
   * The owner of a model's weights; the caller closes it.
   *
   * @param gpu which GPU of this machine, from 0; of no meaning on the CPU
   */
  static NDManager newOwner(Device device, int gpu) {
    return switch (device) {
      case CPU -> LoadedModel.engine().newBaseManager(ai.djl.Device.cpu());
      case GPU -> CudaMachine.here().open(LoadedModel::engine, gpu);
    };
  }

  /**
   * All weights, as arrays of {@code owner}.
   *
   * @param shared what matrices become shared by
   * @throws PatchgridException if a file is missing or damaged, or holds what no weight is made of
   */
  TransformerWeights weights(NDManager owner, TensorOps ops, Optional<SharedWeights> shared) {
    return read(reader -> new CheckpointTensors(reader, owner, ops, shared));
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
