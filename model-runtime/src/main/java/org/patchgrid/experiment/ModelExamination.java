package org.patchgrid.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.patchgrid.checkpoint.ElementType;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.checkpoint.SafetensorsFile;
import org.patchgrid.checkpoint.StoredTensor;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.kernel.NativeLibraries;
import org.patchgrid.kernel.RowInvariance;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Device;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.tokenize.PromptTokenizer;
import org.patchgrid.tokenize.TokenizerBehaviour;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.weights.ModelDescription;
import org.patchgrid.weights.WeightMemory;

/**
 * What a model is and what it takes here, from its files: no weights are loaded.
 *
 * @param modelType of its config.json
 * @param files weight files
 * @param storedBytes by the number type that they are stored in
 * @param quantization as config.json has it
 * @param kernels of this machine, best first
 * @param memory of an executor that patches the guide's components, by number type
 * @param sharedBytes weights that executors of a host have once, where they compute with a kernel
 *     that shares them
 */
public record ModelExamination(
    String modelType,
    TransformerConfig config,
    int files,
    Map<ElementType, Long> storedBytes,
    Optional<String> quantization,
    TokenizerBehaviour tokenizer,
    List<KernelHere> kernels,
    Map<Dtype, ExecutorMemory> memory,
    long sharedBytes) {
  private static final String SENTENCE = "The capital of France is Paris, isn't it?";

  /** Of a prompt, for {@link #memory}. */
  public static final int TOKENS = 32;

  /** Enough to fill a wave. */
  private static final int PAIRS = 64;

  /** Of the sizes that are tried at most, so that nobody waits for an unembedding. */
  private static final long LARGEST_TRIED = 1L << 26;

  /**
   * A kernel.
   *
   * @param description of library and processor
   * @param keepsRows whether a token had the same bits whatever was computed beside it
   */
  public record KernelHere(Kernel kernel, String description, boolean keepsRows) {}

  /**
   * Looks at a model.
   *
   * @throws org.patchgrid.study.PatchgridException with the reason, if it cannot be run exactly
   */
  public static ModelExamination of(Path directory) {
    ModelDescription description = ModelDescription.read(directory);
    TransformerConfig config = description.config();
    ModelStructure structure = config.structure();
    ModelDirectory model = ModelDirectory.open(directory);
    try (PromptTokenizer tokenizer = PromptTokenizer.open(directory, structure.vocabularySize())) {
      return new ModelExamination(
          model.config().string("model_type").orElseThrow(),
          config,
          model.weightFiles().size(),
          storedBytes(model),
          model.quantization(),
          tokenizer.behaviour(SENTENCE),
          kernels(structure),
          memory(config),
          new WeightMemory(config, Kernel.PLAIN, Dtype.FLOAT32).sharedBytes());
    }
  }

  private static Map<ElementType, Long> storedBytes(ModelDirectory model) {
    Map<ElementType, Long> bytes = new TreeMap<>();
    for (SafetensorsFile file : model.weightFiles()) {
      for (StoredTensor tensor : file.tensors().values()) {
        bytes.merge(tensor.type(), tensor.bytes(), Long::sum);
      }
    }
    return bytes;
  }

  private static List<KernelHere> kernels(ModelStructure structure) {
    List<RowInvariance.Sizes> maps = new ArrayList<>();
    maps.add(new RowInvariance.Sizes(structure.modelWidth(), structure.queryWidth()));
    maps.add(new RowInvariance.Sizes(structure.modelWidth(), structure.keyValueWidth()));
    maps.add(new RowInvariance.Sizes(structure.queryWidth(), structure.modelWidth()));
    maps.add(new RowInvariance.Sizes(structure.modelWidth(), structure.mlpWidth()));
    maps.add(new RowInvariance.Sizes(structure.mlpWidth(), structure.modelWidth()));
    maps.removeIf(sizes -> sizes.in() * sizes.out() > LARGEST_TRIED);
    List<KernelHere> kernels = new ArrayList<>();
    for (Kernel kernel : List.of(Kernel.ONEDNN, Kernel.PLAIN)) {
      if (kernel == Kernel.ONEDNN && TensorKernels.best() != Kernel.ONEDNN) {
        continue;
      }
      try (var manager = NativeLibraries.engine().newBaseManager(ai.djl.Device.cpu())) {
        TensorOps ops = TensorKernels.load(kernel, Dtype.FLOAT32, manager);
        kernels.add(
            new KernelHere(
                kernel,
                TensorKernels.describe(kernel, Dtype.FLOAT32, Device.CPU),
                RowInvariance.holds(ops, maps, manager)));
      }
    }
    return kernels;
  }

  private static Map<Dtype, ExecutorMemory> memory(TransformerConfig config) {
    List<SweepSite> sites = new ArrayList<>();
    for (int layer = 0; layer < config.structure().layers(); layer++) {
      for (Component component : Component.GUIDE) {
        if (config.structure().has(component)) {
          PatchSite site =
              new PatchSite(component, layer, 1, HeadSelection.ALL, new Positions.All());
          sites.add(new SweepSite("doctor", PatchDirection.DENOISING, site));
        }
      }
    }
    Map<Dtype, ExecutorMemory> memory = new EnumMap<>(Dtype.class);
    for (Dtype dtype : Dtype.values()) {
      memory.put(
          dtype,
          ExecutorMemory.of(
              config,
              Device.CPU,
              TensorKernels.best(Device.CPU, dtype),
              dtype,
              Computation.of(Engine.WAVEFRONT),
              Distances.LOGITS,
              sites,
              PAIRS,
              TOKENS));
    }
    return memory;
  }
}
