package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.metric.Metric;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.Positions;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.RecoveryError;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;

/** Layers in bfloat16 are near float32, and a task says how near. */
class BFloat16Test {
  /** Of logits, relative to the largest; 0.043 was seen on these models. */
  private static final double NEAR = 0.06;

  /** Of two kernels in float32. */
  private static final Offset<Double> SAME = within(1e-5);

  static List<Path> models() {
    return WavefrontEngineTest.models();
  }

  @ParameterizedTest
  @MethodSource("models")
  void wavesAreNearFloat32AndAgreeWithOneForwardPassACell(Path directory) {
    try (LoadedModel float32 = TestModels.load(directory);
        LoadedModel bfloat16 = TestModels.load(directory, Dtype.BFLOAT16);
        NDManager manager = bfloat16.newManager()) {
      Readout readout = bfloat16.readout(manager);
      AuditRule rule = new AuditRule(Kernel.PLAIN, state -> readout.logits(List.of(state)).get(0));
      List<PairCells> pairs = new RandomPlan(float32.structure(), 9, 4).pairs(2, 20);
      List<float[]> found = runs(bfloat16, Engine.WAVEFRONT, pairs);
      List<float[]> repeated = runs(bfloat16, Engine.REFERENCE, pairs);
      List<float[]> expected = runs(float32, Engine.REFERENCE, pairs);
      for (int run = 0; run < found.size(); run++) {
        rule.require("run " + run, found.get(run), repeated.get(run), expected.get(run));
        assertThat(distance(readout, found.get(run), expected.get(run))).isBetween(1e-5, NEAR);
      }
    }
  }

  private static List<float[]> runs(LoadedModel model, Engine engine, List<PairCells> pairs) {
    try (NDManager manager = model.newManager()) {
      List<float[]> runs = new ArrayList<>();
      for (PairStates states : model.engine(Computation.of(engine), manager).run(pairs)) {
        runs.add(states.clean());
        runs.add(states.corrupted());
        states.patched().stream().flatMap(Optional::stream).forEach(runs::add);
      }
      return runs;
    }
  }

  /** The largest difference of logits, relative to the largest logit. */
  private static double distance(Readout readout, float[] found, float[] expected) {
    List<float[]> logits = readout.logits(List.of(found, expected));
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < logits.get(0).length; i++) {
      difference = Math.max(difference, Math.abs(logits.get(0)[i] - logits.get(1)[i]));
      largest = Math.max(largest, Math.abs(logits.get(1)[i]));
    }
    return difference / largest;
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aTaskSaysHowFarItsAuditedCellsAreFromFloat32(Engine engine) {
    Computation computation = new Computation(engine, Computation.AUTO, 1);
    try (LoadedModel float32 = TestModels.load(TestModels.atlas());
        LoadedModel bfloat16 = TestModels.load(TestModels.atlas(), Dtype.BFLOAT16)) {
      TaskResult exact = task(float32, computation);
      TaskResult screen = task(bfloat16, computation);
      assertThat(exact.recoveryErrors()).isEmpty();
      assertThat(screen.auditedCells()).isPositive();
      assertThat(screen.recoveryErrors()).containsOnlyKeys(Metric.L2, Metric.LOGIT_DIFF);
      for (Metric metric : screen.recoveryErrors().keySet()) {
        List<Double> errors = errors(screen, exact, metric);
        RecoveryError stated = screen.recoveryErrors().get(metric);
        assertThat(stated.rows()).isBetween(1L, screen.auditedCells());
        assertThat(errors).anySatisfy(e -> assertThat(e).isCloseTo(stated.largest(), SAME));
        assertThat(stated.mean()).isBetween(1e-9, stated.largest());
        assertThat(errors).allSatisfy(e -> assertThat(e).isLessThan(NEAR));
      }
    }
  }

  /** Of every cell. */
  private static List<Double> errors(TaskResult screen, TaskResult exact, Metric metric) {
    List<Double> errors = new ArrayList<>();
    for (int i = 0; i < screen.measurements().size(); i++) {
      OptionalDouble found = screen.measurements().get(i).recovery();
      OptionalDouble expected = exact.measurements().get(i).recovery();
      if (exact.measurements().get(i).metric() == metric) {
        errors.add(Math.abs(found.orElseThrow() - expected.orElseThrow()));
      }
    }
    return errors;
  }

  private static TaskResult task(LoadedModel model, Computation computation) {
    List<PromptPair> pairs =
        List.of(
            TestPairs.ofTexts(
                0,
                "short",
                "The capital of France is",
                "The capital of Italy is",
                " Paris",
                " Rome"));
    List<SweepSite> sites = new ArrayList<>();
    for (Component component : List.of(Component.MLP, Component.SELF_ATTN)) {
      for (int layer = 0; layer < model.structure().layers(); layer++) {
        PatchSite site =
            new PatchSite(component, layer, 1, HeadSelection.ALL, new Positions.Each());
        sites.add(new SweepSite("sweep", PatchDirection.DENOISING, site));
      }
    }
    return model.run(
        new PatchTask(0, 0, 1, 0, sites.size()),
        pairs,
        new StudyWork(sites, settings(), computation));
  }

  private static MeasurementSettings settings() {
    return new MeasurementSettings(
        List.of(Metric.L2, Metric.LOGIT_DIFF),
        Distances.LOGITS,
        BosPolicy.TOKENIZER,
        AnswerTokenPolicy.ONE,
        RequiredPrediction.NONE);
  }

  /** The foil is the corrupted prompt's top token; that of weak noise would be the answer. */
  @Test
  void errorsUnderNoiseAreThoseOfTheStudysFoil() {
    PromptPair pair =
        new PromptPair(
            0,
            "noised",
            new PromptText.Text("The capital of France is"),
            new PromptText.Text("The capital of Italy is"),
            new AnswerSpec.Given(List.of(new PromptText.Text(" Paris"))),
            new AnswerSpec.Auto(),
            Map.of("subject", new LabelSpec.Text("France", "Italy")),
            Map.of());
    PatchSite site = new PatchSite(Component.OUTPUT, 2, 1, HeadSelection.ALL, new Positions.Each());
    SweepSite noised =
        new SweepSite(
            "sweep",
            PatchDirection.DENOISING,
            site,
            PatchValue.ACTIVATION,
            new Corruption.Noise("subject", 0.1, 1, 5));
    StudyWork work =
        new StudyWork(
            List.of(noised),
            settings(),
            new PromptSetStatistics(Map.of("subject", 0.1), Map.of()),
            CellSelection.ALL,
            new Computation(Engine.WAVEFRONT, Computation.AUTO, 1));
    try (LoadedModel model = TestModels.load(TestModels.atlas(), Dtype.BFLOAT16)) {
      TaskResult screen = model.run(new PatchTask(0, 0, 1, 0, 1), List.of(pair), work);
      assertThat(screen.recoveryErrors()).containsKeys(Metric.L2, Metric.LOGIT_DIFF);
    }
  }
}
