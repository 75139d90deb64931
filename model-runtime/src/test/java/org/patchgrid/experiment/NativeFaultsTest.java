package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.metric.Metric;
import org.patchgrid.model.LanguageModel;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.Device;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.Positions;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;

/** Every call of libtorch fails once, each in a run of its own: nothing may stay open after it. */
class NativeFaultsTest {
  /**
   * Of the calls of a task, a load or a trace; all of them ({@code
   * -Dpatchgrid.native-faults=10000}) take ten minutes.
   */
  private static final int FAULTS = Integer.getInteger("patchgrid.native-faults", 100);

  private static final PromptPair PAIR =
      TestPairs.ofTexts(
          0,
          "capital",
          "The capital of France is",
          "The capital of Germany is",
          " Paris",
          " Berlin");

  @ParameterizedTest
  @CsvSource({"WAVEFRONT, ONEDNN", "WAVEFRONT, PLAIN", "REFERENCE, PLAIN"})
  void aTaskClosesWhatItOpenedWhateverFails(Engine engine, Kernel kernel) {
    try (NativeFaults faults = NativeFaults.install();
        LoadedModel model = load(TestModels.atlas(), kernel)) {
      List<Measurement> expected = run(model, engine);
      closesWhatItOpened(faults, () -> run(model, engine));
      assertThat(run(model, engine)).as("as if nothing had been").isEqualTo(expected);
    }
  }

  @Test
  void aLoadClosesWhatItOpenedWhateverFails() {
    try (NativeFaults faults = NativeFaults.install()) {
      closesWhatItOpened(faults, () -> load(TestModels.atlas(), Kernel.PLAIN).close());
      assertThat(faults.open()).isZero();
    }
  }

  @Test
  void aTraceClosesWhatItOpenedWhateverFails() {
    try (NativeFaults faults = NativeFaults.install();
        LanguageModel model = LanguageModel.load(TestModels.atlas().toString())) {
      List<String> kept = List.of("layers.0.mlp", "layers.5.self_attn.z");
      Runnable trace = () -> model.trace("Paris is", Map.of(), kept).close();
      trace.run(); // the first one compiles functions
      closesWhatItOpened(faults, trace);
    }
  }

  /** Without a failure, and with one at each of the chosen calls. */
  private static void closesWhatItOpened(NativeFaults faults, Runnable action) {
    long open = faults.open();
    long calls = faults.calls(action);
    assertThat(calls).isPositive();
    assertThat(faults.open()).isEqualTo(open);
    for (long call = 1; call <= calls; call += Math.max(1, calls / FAULTS)) {
      long at = call;
      Throwable thrown = catchThrowable(() -> faults.failingAt(at, action));
      assertThat(causes(thrown))
          .as("call %d of %d", call, calls)
          .hasAtLeastOneElementOfType(NativeFaults.Fault.class);
      assertThat(faults.open()).as("open after %s", thrown).isEqualTo(open);
    }
  }

  /** Nobody takes a failure for an answer; who passes it on may say more. */
  private static List<Throwable> causes(Throwable thrown) {
    return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause).toList();
  }

  private static LoadedModel load(Path directory, Kernel kernel) {
    return LoadedModel.load(directory, kernel, Dtype.FLOAT32, Device.CPU, 0);
  }

  /** Patches of several kinds, and an estimate with gradients. */
  private static List<Measurement> run(LoadedModel model, Engine engine) {
    List<SweepSite> sites = new ArrayList<>();
    for (Component component : List.of(Component.MLP, Component.Q_PROJ, Component.RESID_PRE)) {
      for (Positions positions : List.of(new Positions.All(), new Positions.At(3))) {
        sites.add(
            new SweepSite(
                "patch",
                PatchDirection.DENOISING,
                new PatchSite(component, 4, 1, HeadSelection.ALL, positions)));
      }
    }
    sites.add(
        new SweepSite(
            "estimate",
            PatchDirection.DENOISING,
            new PatchSite(Component.MLP, 4, 1, HeadSelection.ALL, new Positions.All()),
            new PatchValue.Attribution(0),
            Corruption.PROMPT));
    MeasurementSettings settings =
        new MeasurementSettings(
            List.of(Metric.LOGIT_DIFF, Metric.L2, Metric.KL),
            Distances.LOGITS,
            BosPolicy.TOKENIZER,
            AnswerTokenPolicy.ONE,
            RequiredPrediction.NONE);
    return model
        .run(
            new PatchTask(0, 0, 1, 0, sites.size()),
            List.of(PAIR),
            new StudyWork(sites, settings, Computation.of(engine)))
        .measurements();
  }
}
