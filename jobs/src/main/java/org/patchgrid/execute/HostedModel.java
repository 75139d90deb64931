package org.patchgrid.execute;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.patchgrid.conf.PromptsConfig;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.tokenize.PromptTokenizer;
import org.patchgrid.weights.ModelDescription;

/** A model on a disk of this host, and what was read there. */
public record HostedModel(Path directory, ModelDescription description) implements StudyModel {
  static HostedModel in(Path directory) {
    return new HostedModel(directory, ModelDescription.read(directory));
  }

  @Override
  public ModelStructure structure() {
    return description.structure();
  }

  /** Of configuration, weights and tokenizer. */
  @Override
  public String fingerprint() {
    return description.fingerprint();
  }

  @Override
  public String networkFingerprint() {
    return description.content().networkFingerprint();
  }

  @Override
  public String tokenizerFingerprint() {
    return description.content().tokenizerFingerprint();
  }

  @Override
  public Kernel kernel(StudyConfig study) {
    return study
        .execution()
        .kernel()
        .orElseGet(() -> TensorKernels.best(study.model().device(), study.model().dtype()));
  }

  @Override
  public String kernelHere(StudyConfig study, Kernel kernel) {
    return TensorKernels.describe(kernel, study.model().dtype(), study.model().device());
  }

  @Override
  public Tokens tokens(StudyConfig study) {
    PromptsConfig prompts = study.prompts();
    PromptTokenizer tokenizer = PromptTokenizer.open(directory, structure().vocabularySize());
    return new Tokens(
        pair -> tokenizer.tokenize(pair, prompts.bos(), prompts.answerToken()), tokenizer::close);
  }

  @Override
  public ExecutorMemory memory(StudyConfig study, StudyPlan plan, Kernel kernel, int longest) {
    return DoubleStream.of(plan.meanTokens(), Math.max(longest, plan.meanTokens()))
        .distinct() // each is a schedule of many cells
        .mapToObj(
            tokens ->
                ExecutorMemory.of(
                    description.config(),
                    study.model().device(),
                    kernel,
                    study.model().dtype(),
                    study.execution().computation(),
                    plan.distances(),
                    plan.sites(),
                    plan.pairsPerTask(),
                    tokens))
        .max(Comparator.comparingLong(ExecutorMemory::taskBytes))
        .orElseThrow();
  }

  @Override
  public TaskModel load(ModelRef ref, int gpu, Optional<Path> shared) {
    String here = TensorKernels.describe(ref.kernel(), ref.dtype(), ref.device());
    if (!here.equals(ref.kernelThere())) {
      throw new PatchgridException(
          "This executor would compute with '%s' and the study is computed with '%s', which gives other bits: give executors the driver's native libraries and, with model.device = gpu, its kind of GPU"
              .formatted(here, ref.kernelThere()));
    }
    return LoadedModel.load(
        directory,
        ref.kernel(),
        ref.dtype(),
        ref.device(),
        gpu,
        shared.map(weights -> weights.resolve(ref.fingerprint())));
  }
}
