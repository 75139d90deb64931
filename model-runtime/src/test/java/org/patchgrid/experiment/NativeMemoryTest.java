package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.ResidentMemory;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.Positions;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;

class NativeMemoryTest {
  private static final int CELLS_A_TASK = 100;
  private static final long ALLOWED_GROWTH_KB = 8 * 1024;

  /** One activation of one cell kept by mistake would add 9 kB a cell, the logits 7 kB. */
  @ParameterizedTest
  @CsvSource({"REFERENCE, 20", "WAVEFRONT, 100"})
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void isFlatOverThousandsOfCells(Engine engine, int tasks) throws IOException {
    try (LoadedModel model = LoadedModel.load(TestModels.atlas())) {
      run(model, engine, 10); // warm: allocator pools, compiled code
      long growth =
          ResidentMemory.growth(tasks, ALLOWED_GROWTH_KB, times -> run(model, engine, times));
      assertThat(growth)
          .as(
              "growth of resident memory, kB, over %d cells, round after round",
              tasks * CELLS_A_TASK)
          .isLessThan(ALLOWED_GROWTH_KB);
    }
  }

  private static void run(LoadedModel model, Engine engine, int tasks) {
    PromptPair pair =
        TestPairs.ofTexts(
            0,
            "ioi",
            "When Mary and John went to the store, John gave a ring to",
            "When Mary and John went to the store, Mary gave a ring to",
            " Mary",
            " John");
    List<SweepSite> sites = new ArrayList<>();
    List<Component> components = List.copyOf(model.structure().components());
    for (int i = 0; i < CELLS_A_TASK; i++) {
      Component component = components.get(i % components.size());
      Positions positions = i % 2 == 0 ? new Positions.All() : new Positions.At(i % 12);
      PatchSite site =
          new PatchSite(
              component, i % model.structure().layers(), 1 + i % 3, HeadSelection.ALL, positions);
      sites.add(
          new SweepSite(
              "sweep-" + i, i % 3 == 0 ? PatchDirection.NOISING : PatchDirection.DENOISING, site));
    }
    MeasurementSettings settings =
        new MeasurementSettings(
            List.of(Metric.values()),
            Distances.LOGITS,
            BosPolicy.TOKENIZER,
            AnswerTokenPolicy.ONE,
            RequiredPrediction.NONE);
    for (int i = 0; i < tasks; i++) {
      PatchTask task = new PatchTask(i, 0, 1, 0, sites.size());
      assertThat(
              model
                  .run(task, List.of(pair), new StudyWork(sites, settings, Computation.of(engine)))
                  .cells())
          .isEqualTo(CELLS_A_TASK);
    }
  }
}
