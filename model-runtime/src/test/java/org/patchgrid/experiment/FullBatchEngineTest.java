package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.reference.FullBatchEngine;
import org.patchgrid.reference.FullBatchEngine.Traces;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Engine;

/** Random plans in plain batches, against one forward pass a cell: the same bits. */
@ParameterizedClass
@MethodSource("org.patchgrid.experiment.WavefrontEngineTest#models")
class FullBatchEngineTest {
  private static final int PLANS = 2 * WavefrontEngineTest.PLANS;

  private final Path directory;

  FullBatchEngineTest(Path directory) {
    this.directory = directory;
  }

  @Test
  void hasTheBitsOfOneForwardPassACell() {
    WavefrontEngineTest.requireKernelThatKeepsRows();
    try (LoadedModel model = LoadedModel.load(directory);
        NDManager manager = model.newManager()) {
      for (int seed = 0; seed < PLANS; seed++) {
        List<PairCells> pairs = new RandomPlan(model.structure(), 1 + 4 * seed, seed).pairs(3, 30);
        List<PairStates> expected =
            model.engine(Computation.of(Engine.REFERENCE), manager).run(pairs);
        FullBatchEngine engine =
            seed % 2 == 0
                ? engine(model, manager, 7, Traces.ONCE)
                : engine(model, manager, 1, Traces.EVERY_BATCH);
        List<PairStates> actual = engine.run(pairs);
        for (int i = 0; i < pairs.size(); i++) {
          WavefrontEngineTest.assertSameBits(pairs.get(i), actual.get(i), expected.get(i));
        }
      }
    }
  }

  private static FullBatchEngine engine(
      LoadedModel model, NDManager manager, int batchRows, Traces traces) {
    return new FullBatchEngine(model.transformer(), manager, batchRows, traces);
  }
}
