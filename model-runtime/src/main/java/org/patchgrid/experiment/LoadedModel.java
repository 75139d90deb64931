package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.patchgrid.kernel.Gradients;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.metric.UnembeddingFactor;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.patch.SiteRequirements;
import org.patchgrid.reference.ReferenceEngine;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptSetSums;
import org.patchgrid.study.StatisticsNeeded;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.tokenize.PromptTokenizer;
import org.patchgrid.transformer.SequenceTables;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.transformer.TransformerWeights;
import org.patchgrid.wave.WavefrontEngine;
import org.patchgrid.weights.OpenedModel;

/**
 * A model in memory with its tokenizer: all that an executor sees of this module.
 *
 * <p>Weights are immutable and shared: any number of threads may {@link #run} tasks at once, each
 * with one thread of arithmetic. Close it when none does.
 */
public final class LoadedModel implements TaskModel {
  private final TransformerConfig config;
  private final ModelStructure structure;
  private final Kernel kernel;
  private final Dtype dtype;
  private final Transformer transformer;
  private final Transformer float32; // the same one where that is the dtype
  private final PromptTokenizer tokenizer;
  private final NDManager weights;
  private final Supplier<GradientModel> loadGradients;
  private @Nullable UnembeddingFactor unembeddingFactor;
  private @Nullable GradientModel gradients;

  private LoadedModel(
      TransformerConfig config,
      Kernel kernel,
      Dtype dtype,
      Transformer transformer,
      Transformer float32,
      PromptTokenizer tokenizer,
      NDManager weights,
      Supplier<GradientModel> loadGradients) {
    this.config = config;
    this.structure = config.structure();
    this.kernel = kernel;
    this.dtype = dtype;
    this.transformer = transformer;
    this.float32 = float32;
    this.tokenizer = tokenizer;
    this.weights = weights;
    this.loadGradients = loadGradients;
  }

  /**
   * Loads a Hugging Face directory on the CPU, in float32.
   *
   * @throws PatchgridException if a file is missing or damaged, or the model is of a kind that
   *     Patchgrid does not know
   */
  public static LoadedModel load(Path directory) {
    return load(directory, TensorKernels.best(), Dtype.FLOAT32, Device.CPU, 0);
  }

  /**
   * Loads a Hugging Face directory into the memory of this process alone.
   *
   * @param dtype of the layers; those in float32 are there beside it
   * @param gpu which GPU of this machine, from 0; of no meaning on the CPU
   * @throws PatchgridException as above, or if this machine lacks the device or a library for it
   */
  public static LoadedModel load(
      Path directory, Kernel kernel, Dtype dtype, Device device, int gpu) {
    return load(directory, kernel, dtype, device, gpu, Optional.empty());
  }

  /**
   * Loads a Hugging Face directory.
   *
   * @param shared a directory of this host and of this model's content alone: where processes keep
   *     one copy of the float32 weights for all of them, if the kernel can use that and there is
   *     room
   * @throws PatchgridException as above
   */
  public static LoadedModel load(
      Path directory, Kernel kernel, Dtype dtype, Device device, int gpu, Optional<Path> shared) {
    if (!kernel.runsOn(device, dtype)) {
      throw new IllegalArgumentException(
          "There is no kernel " + kernel + " in " + dtype + " on " + device);
    }
    OpenedModel model = OpenedModel.open(directory);
    TransformerConfig config = model.config();
    PromptTokenizer tokenizer =
        PromptTokenizer.open(directory, config.structure().vocabularySize());
    try {
      return OpenedModel.load(
          device,
          gpu,
          weights -> {
            TensorOps ops = TensorKernels.load(kernel, dtype, weights);
            TransformerWeights tensors =
                model.weights(weights, ops, shared.filter(there -> kernel.sharesWeightsOn(device)));
            Transformer transformer = new Transformer(weights, config, tensors, ops);
            Transformer float32 =
                switch (dtype) {
                  case FLOAT32 -> transformer;
                  case BFLOAT16 ->
                      new Transformer(
                          weights,
                          config,
                          tensors,
                          TensorKernels.load(kernel, Dtype.FLOAT32, weights));
                };
            return new LoadedModel(
                config,
                kernel,
                dtype,
                transformer,
                float32,
                tokenizer,
                weights,
                () -> GradientModel.load(directory, device, gpu));
          });
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  public ModelStructure structure() {
    return structure;
  }

  public Kernel kernel() {
    return kernel;
  }

  /** Most tokens of a prompt that the model has positions for. */
  public int longestPrompt() {
    return config.longestPrompt();
  }

  /**
   * A pair as this model sees it: unusable too where it has more tokens than there are positions,
   * or than attention is computed over.
   */
  public TokenizedPair tokenize(PromptPair pair, BosPolicy bos, AnswerTokenPolicy policy) {
    TokenizedPair tokenized = tokenizer.tokenize(pair, bos, policy);
    int length = tokenized.clean().length();
    if (!tokenized.isUsable() || length <= Math.min(longestPrompt(), SequenceTables.LONGEST)) {
      return tokenized;
    }
    return tokenized.rejected(
        PairStatus.INVALID,
        length > longestPrompt()
            ? "it has %d tokens, and %s has positions for %d"
                .formatted(length, structure.name(), longestPrompt())
            : "it has %d tokens: more than %d are not computed"
                .formatted(length, SequenceTables.LONGEST));
  }

  TokenizedPair tokenize(PromptPair pair, MeasurementSettings settings) {
    return tokenize(pair, settings.bos(), settings.answerToken());
  }

  public PromptTokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public TaskResult run(PatchTask task, List<PromptPair> pairs, StudyWork work) {
    Gradients.stop();
    try (NDManager manager = newManager()) {
      return new TaskRunner(this, manager, task, work).run(pairs);
    }
  }

  /**
   * Adds up what the sites of a plan need of some pairs' clean runs, in float32. Pairs that the
   * study cannot run do not count; what it requires of predictions makes no difference.
   */
  @Override
  public PromptSetSums scan(
      List<PromptPair> pairs,
      List<SweepSite> planSites,
      StatisticsNeeded needed,
      MeasurementSettings settings) {
    Gradients.stop();
    SiteRequirements requirements = new SiteRequirements(planSites);
    List<TokenizedPair> usable =
        pairs.stream()
            .map(pair -> tokenize(pair, settings))
            .map(requirements::require)
            .filter(TokenizedPair::isUsable)
            .toList();
    try (NDManager manager = newManager()) {
      return new PromptSetScan(float32, manager, needed).scan(usable);
    }
  }

  /** An engine for runs that write no means. */
  PatchEngine engine(Computation computation, NDManager manager) {
    return engine(computation, manager, Constants.ZEROS);
  }

  /**
   * @param manager owner of all that the engine makes
   */
  PatchEngine engine(Computation computation, NDManager manager, Constants constants) {
    return switch (computation.engine()) {
      case REFERENCE -> new ReferenceEngine(transformer, manager, constants);
      case WAVEFRONT ->
          new WavefrontEngine(transformer, manager, computation.batchRows(), constants);
    };
  }

  /** What turns states into logits, with arrays of {@code manager}. */
  Readout readout(NDManager manager) {
    return new Readout(transformer, manager, this::unembeddingFactor);
  }

  /** The factor of this model's unembedding, computed once. */
  private synchronized UnembeddingFactor unembeddingFactor() {
    UnembeddingFactor factor = unembeddingFactor;
    if (factor == null) {
      try (NDManager manager = newManager()) {
        double[] gram = transformer.unembeddingGram(manager);
        factor = UnembeddingFactor.of(gram, structure.modelWidth());
      }
      unembeddingFactor = factor;
    }
    return factor;
  }

  /** The same weights once more, so that gradients go through them; loaded when first asked for. */
  synchronized GradientModel gradients() {
    GradientModel model = gradients;
    if (model == null) {
      model = loadGradients.get();
      gradients = model;
    }
    return model;
  }

  /** What repeats some of the cells that a task measures. */
  Audit audit(StudyWork work, Readout readout, NDManager manager, Constants constants) {
    AuditRule rule = new AuditRule(kernel, state -> readout.logits(List.of(state)).get(0));
    Optional<Screen> screen =
        switch (dtype) {
          case FLOAT32 -> Optional.empty();
          case BFLOAT16 ->
              Optional.of(
                  new Screen(
                      new ReferenceEngine(float32, manager, constants),
                      readout,
                      work.settings(),
                      structure.layers()));
        };
    PatchEngine oracle = new ReferenceEngine(transformer, manager, constants);
    return new Audit(structure, work.computation(), oracle, rule, screen);
  }

  /** The forward pass in the dtype of the model. */
  Transformer transformer() {
    return transformer;
  }

  /** A manager for what one thread makes; it must be closed before the model is. */
  NDManager newManager() {
    return weights.newSubManager();
  }

  @Override
  public String processor() {
    return TensorKernels.processor(dtype);
  }

  @Override
  public synchronized void close() {
    if (gradients != null) {
      gradients.close();
    }
    weights.close();
    tokenizer.close();
  }
}
