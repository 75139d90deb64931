package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
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
import org.patchgrid.study.Positions;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;

/** What must be the clean or the corrupted run has its numbers to the last bit, on any kernel. */
class PairMeasurementsTest {
  private static MeasurementSettings settings(Metric... metrics) {
    return new MeasurementSettings(
        List.of(metrics),
        Distances.LOGITS,
        BosPolicy.TOKENIZER,
        AnswerTokenPolicy.ONE,
        RequiredPrediction.NONE);
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void cellsWithoutAnyEffectHaveTheValuesOfTheirRuns(Engine engine) {
    PromptPair pair =
        TestPairs.ofTexts(
            0, "pair", "The capital of France is", "The capital of Italy is", " Paris", " Rome");
    List<SweepSite> sites = new ArrayList<>();
    try (LoadedModel model =
        LoadedModel.load(TestModels.atlas(), Kernel.PLAIN, Dtype.FLOAT32, Device.CPU, 0)) {
      for (PatchDirection direction : PatchDirection.values()) {
        for (int layer = 0; layer < model.structure().layers(); layer++) {
          PatchSite site =
              new PatchSite(Component.OUTPUT, layer, 1, HeadSelection.ALL, new Positions.Each());
          sites.add(new SweepSite("sweep", direction, site));
        }
      }
      TaskResult result =
          model.run(
              new PatchTask(0, 0, 1, 0, sites.size()),
              List.of(pair),
              new StudyWork(
                  sites,
                  settings(Metric.L2, Metric.KL, Metric.ANSWER_PROB),
                  Computation.of(engine)));
      int differs = result.pairs().get(0).tokenized().firstDifference().orElseThrow();
      int unchanged = 0;
      int forced = 0;
      for (Measurement measured : result.measurements()) {
        boolean denoising = measured.cell().direction() == PatchDirection.DENOISING;
        if (measured.status() == CellStatus.BY_CONSTRUCTION) {
          forced++;
          assertThat(measured.patched())
              .as("%s", measured)
              .isEqualTo(denoising ? measured.clean() : measured.corrupted());
        } else if (measured.cell().position().orElseThrow() < differs) {
          unchanged++;
          assertThat(measured.patched())
              .as("%s", measured)
              .isEqualTo(denoising ? measured.corrupted() : measured.clean());
        }
      }
      assertThat(forced).isPositive();
      assertThat(unchanged).isPositive();
    }
  }

  @Test
  void aNoteSaysWhatThePairLacks() {
    assertThat(note(new AnswerSpec.None(), given(" Rome")))
        .contains("no answer: no rows for logit_diff, answer_prob");
    assertThat(note(given(" Paris"), new AnswerSpec.None()))
        .contains("no foil: no rows for logit_diff");
    assertThat(note(new AnswerSpec.None(), new AnswerSpec.None()))
        .contains("no answer and no foil: no rows for logit_diff, answer_prob");
    assertThat(note(given(" Paris"), given(" Rome"))).isEmpty();
  }

  private static AnswerSpec given(String answer) {
    return new AnswerSpec.Given(List.of(new PromptText.Text(answer)));
  }

  private static Optional<String> note(AnswerSpec answer, AnswerSpec foil) {
    PromptPair pair =
        new PromptPair(
            0,
            "pair",
            new PromptText.Text("The capital of France is"),
            new PromptText.Text("The capital of Italy is"),
            answer,
            foil,
            Map.of(),
            Map.of());
    MeasurementSettings settings = settings(Metric.L2, Metric.LOGIT_DIFF, Metric.ANSWER_PROB);
    PatchSite site = new PatchSite(Component.MLP, 0, 1, HeadSelection.ALL, new Positions.All());
    List<SweepSite> sites = List.of(new SweepSite("sweep", PatchDirection.DENOISING, site));
    try (LoadedModel model = TestModels.load(TestModels.atlas())) {
      return model
          .run(
              new PatchTask(0, 0, 1, 0, 1),
              List.of(pair),
              new StudyWork(sites, settings, Computation.of(Engine.WAVEFRONT)))
          .pairs()
          .get(0)
          .note();
    }
  }
}
