package org.patchgrid.execute;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.simulated.SimulatedModel;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.TokenizedPair;

/**
 * What a study is computed with, as it is on this host. The one place that tells a model's files
 * from a load generator ({@link SimulatedModel}).
 */
public sealed interface StudyModel permits HostedModel, SimulatedStudyModel {
  ModelStructure structure();

  /** Of all that it computes with. */
  String fingerprint();

  /** Of what computes, without the tokenizer. */
  String networkFingerprint();

  /** Of the tokenizer alone. */
  String tokenizerFingerprint();

  /** The kernel that the study says, or the best of this machine. */
  Kernel kernel(StudyConfig study);

  /** How the study's kernel describes itself on this machine. */
  String kernelHere(StudyConfig study, Kernel kernel);

  /** To count tokens with; whoever asks closes it. */
  Tokens tokens(StudyConfig study);

  /**
   * What an executor needs for a study.
   *
   * @param longest tokens of the longest prompt that was looked at; 0 if none can be used
   */
  ExecutorMemory memory(StudyConfig study, StudyPlan plan, Kernel kernel, int longest);

  /**
   * What an executor measures with; closed by whoever asked.
   *
   * @param shared where executors of a host keep one copy of all weights, if they do
   * @throws PatchgridException if it cannot be loaded, or would give other bits than the driver's
   */
  TaskModel load(ModelRef ref, int gpu, Optional<Path> shared);

  /**
   * Nobody should take invented numbers for a finding.
   *
   * @throws PatchgridException if the id of a study says that it is simulated and it is not, or the
   *     other way round
   */
  default void requireHonestId(StudyConfig study) {
    boolean simulated = this instanceof SimulatedStudyModel;
    if (simulated != study.id().startsWith(SimulatedModel.PREFIX)) {
      throw new PatchgridException(
          simulated
              ? "Cannot use study.id = \"%s\" with a simulated model: it must begin with '%s'"
                  .formatted(study.id(), SimulatedModel.PREFIX)
              : "Cannot use study.id = \"%s\": only studies on a simulated model begin so"
                  .formatted(study.id()));
    }
  }

  /** Reads pairs as the model does. */
  record Tokens(Function<PromptPair, TokenizedPair> reader, Runnable end) implements AutoCloseable {
    TokenizedPair of(PromptPair pair) {
      return reader.apply(pair);
    }

    @Override
    public void close() {
      end.run();
    }
  }
}
