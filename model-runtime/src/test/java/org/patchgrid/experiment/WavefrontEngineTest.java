package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Engine;

/** Random plans in waves, against one forward pass a cell: the same bits. */
@ParameterizedClass
@MethodSource("models")
class WavefrontEngineTest {
  private static final int PLANS = 12;

  static List<Path> models() {
    return List.of(
        TestModels.atlas(),
        TestModels.family("llama-mha-f32"),
        TestModels.family("llama-gqa-headdim-sharded-bf16"),
        TestModels.family("llama-llama3rope-tied-bf16"),
        TestModels.family("llama-bias-linearrope-f32"));
  }

  private final Path directory;

  WavefrontEngineTest(Path directory) {
    this.directory = directory;
  }

  @Test
  void hasTheBitsOfOneForwardPassACell() {
    try (LoadedModel model = LoadedModel.load(directory)) {
      for (int seed = 0; seed < PLANS; seed++) {
        RandomPlan plan = new RandomPlan(model.structure(), seed);
        List<PairStates> expected = run(model, new Computation(Engine.REFERENCE, 0), plan);
        int batchRows = seed % 3 == 0 ? 7 : Computation.AUTO;
        List<PairStates> actual = run(model, new Computation(Engine.WAVEFRONT, batchRows), plan);
        plan.assertSameBits(actual, expected);
      }
    }
  }

  private static List<PairStates> run(LoadedModel model, Computation computation, RandomPlan plan) {
    try (NDManager manager = model.newManager()) {
      return model.engine(computation, manager).run(plan.pairs());
    }
  }
}
