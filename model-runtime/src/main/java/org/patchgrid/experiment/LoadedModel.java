package org.patchgrid.experiment;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.patchgrid.checkpoint.CheckpointReader;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.family.ModelFamilies;
import org.patchgrid.family.ModelFamily;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.tokenize.PromptTokenizer;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.TransformerConfig;

/**
 * A model in memory with its tokenizer: all that an executor sees of this module.
 *
 * <p>Weights are immutable and shared: any number of threads may {@link #run} tasks at once, each
 * with one thread of arithmetic. Close it when none does.
 */
public final class LoadedModel implements AutoCloseable {
  private final ModelStructure structure;
  private final Transformer transformer;
  private final PromptTokenizer tokenizer;
  private final NDManager weights;

  private LoadedModel(
      ModelStructure structure,
      Transformer transformer,
      PromptTokenizer tokenizer,
      NDManager weights) {
    this.structure = structure;
    this.transformer = transformer;
    this.tokenizer = tokenizer;
    this.weights = weights;
  }

  /**
   * Loads a Hugging Face directory on the CPU, in float32.
   *
   * @throws PatchgridException if a file is missing or damaged, or the model is of a kind that
   *     Patchgrid does not know
   */
  public static LoadedModel load(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    ModelFamily family = ModelFamilies.of(model.config());
    TransformerConfig config = family.config(model.name(), model.config());
    PromptTokenizer tokenizer =
        PromptTokenizer.open(directory, config.structure().vocabularySize());
    NDManager weights = engine().newBaseManager(Device.cpu());
    try {
      CheckpointReader reader = new CheckpointReader(model);
      Transformer transformer =
          new Transformer(
              weights, config, family.weights(config, new CheckpointTensors(reader, weights)));
      reader.ignore(family::isIgnorable);
      reader.requireAllRead();
      weights.cap(); // from here on, an array that lands in this manager is a leak and throws
      return new LoadedModel(config.structure(), transformer, tokenizer, weights);
    } catch (RuntimeException | Error e) {
      weights.close();
      tokenizer.close();
      throw e;
    }
  }

  /** One thread of arithmetic a task: threads would change bits, and executors share the cores. */
  private static Engine engine() {
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    return Engine.getEngine("PyTorch");
  }

  /** The model's sizes and components. */
  public ModelStructure structure() {
    return structure;
  }

  /** The tokenizer, for counting tokens. */
  public PromptTokenizer tokenizer() {
    return tokenizer;
  }

  /** {@link #run(PatchTask, List, List, MeasurementSettings, LongConsumer)} without progress. */
  public TaskResult run(
      PatchTask task,
      List<PromptPair> pairs,
      List<SweepSite> planSites,
      MeasurementSettings settings) {
    return run(task, pairs, planSites, settings, cells -> {});
  }

  /**
   * Measures a task's cells, one forward pass each. All native memory that it takes is freed when
   * it returns.
   *
   * @param pairs the pairs of the task's range
   * @param planSites all sites of the plan, of which the task has a range
   * @param cellsDone told now and then how many cells were done since the last time
   */
  public TaskResult run(
      PatchTask task,
      List<PromptPair> pairs,
      List<SweepSite> planSites,
      MeasurementSettings settings,
      LongConsumer cellsDone) {
    JniUtils.setGradMode(false); // a setting of the thread, and this may be a new one
    try (NDManager manager = newManager()) {
      return new TaskRunner(
              transformer, structure, tokenizer, manager, task, planSites, settings, cellsDone)
          .run(pairs);
    }
  }

  /** For tests that look inside. */
  Transformer transformer() {
    return transformer;
  }

  /** A manager for what one thread makes; it must be closed before the model is. */
  NDManager newManager() {
    return weights.newSubManager();
  }

  @Override
  public void close() {
    weights.close();
    tokenizer.close();
  }
}
