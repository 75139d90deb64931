package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.weights.RandomCheckpoint;

/**
 * Random plans in waves, against one forward pass a cell: the same bits, where kernels keep them.
 */
class WavefrontEngineTest {
  /** Random plans of each model and length; CONTRIBUTING.md says how to try more. */
  static final int PLANS = Integer.getInteger("patchgrid.plans", 1);

  private static final int FEW_ROWS = 7;

  /** Of kernels whose bits depend on the size of a batch, relative to the largest value. */
  private static final float ROUNDING = 1e-4f;

  static List<Path> models() {
    List<Path> models = new ArrayList<>(TestModels.families());
    models.add(TestModels.atlas());
    return models;
  }

  @ParameterizedTest
  @MethodSource("models")
  void hasTheBitsOfOneForwardPassACell(Path directory) {
    try (LoadedModel model = TestModels.load(directory)) {
      for (int length : List.of(1, 2, 6, 9, 13)) {
        RandomPlan plan = new RandomPlan(model.structure(), length, length);
        assertSameBits(model, plan.pairs(2, 20), length == 6 ? FEW_ROWS : Computation.AUTO);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void hasTheBitsOfOneForwardPassACellOfEveryKind(Path directory) {
    try (LoadedModel model = TestModels.load(directory)) {
      for (int length : List.of(1, 2, 6, 9, 13)) {
        for (int seed = 0; seed < PLANS; seed++) {
          RandomPlan plan = new RandomPlan(model.structure(), length, 100 * length + seed);
          int batchRows = length == 6 ? FEW_ROWS : Computation.AUTO;
          assertSameBits(model, plan.pairsOfEveryKind(2, 20), batchRows);
        }
      }
    }
  }

  /** Waves of more than one block of the kernels, and of arrays that threads would share out. */
  @ParameterizedTest
  @MethodSource("models")
  void hasTheBitsOfOneForwardPassACellOnLongPrompts(Path directory) {
    try (LoadedModel model = TestModels.load(directory)) {
      for (int length : List.of(43, 90)) {
        int possible = Math.min(length, model.longestPrompt());
        RandomPlan plan = new RandomPlan(model.structure(), possible, length);
        assertSameBits(model, plan.pairs(2, 12), Computation.AUTO);
      }
    }
  }

  /** Tiles of queries so large that attention goes through them in several ranges. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-mha-f32", "mistral-swa-bf16", "gemma2-bf16"})
  void hasTheBitsOfOneForwardPassACellOnVeryLongPrompts(String family, @TempDir Path directory)
      throws IOException {
    int length = 1200;
    Map<String, Integer> sizes = Map.of("max_position_embeddings", length);
    RandomCheckpoint.write(directory, TestModels.family(family), sizes, 1);
    try (LoadedModel model = TestModels.load(directory)) {
      RandomPlan plan = new RandomPlan(model.structure(), length, 1);
      assertSameBits(model, plan.pairs(1, 6), Computation.AUTO);
    }
  }

  @Test
  void hasTheBitsOfOneForwardPassACellOnTheRealModel() {
    String path = System.getProperty("patchgrid.real-model", "");
    assumeThat(path)
        .as("patchgrid.real-model names a directory that bin/get-smollm2 has filled")
        .isNotEmpty();
    try (LoadedModel model = TestModels.load(Path.of(path))) {
      assertSameBits(
          model, new RandomPlan(model.structure(), 12, 1).pairs(2, 10), Computation.AUTO);
      assertSameBits(model, new RandomPlan(model.structure(), 41, 2).pairs(1, 5), Computation.AUTO);
      RandomPlan everyKind = new RandomPlan(model.structure(), 12, 3);
      assertSameBits(model, everyKind.pairsOfEveryKind(2, 12), Computation.AUTO);
    }
  }

  static void requireKernelThatKeepsRows() {
    assumeThat(TensorKernels.best().keepsRows())
        .as("a row's bits are the same whatever runs beside it")
        .isTrue();
  }

  private static void assertSameBits(LoadedModel model, List<PairCells> pairs, int batchRows) {
    List<PairStates> expected = run(model, Computation.of(Engine.REFERENCE), pairs);
    List<PairStates> actual = run(model, new Computation(Engine.WAVEFRONT, batchRows, 0), pairs);
    for (int i = 0; i < pairs.size(); i++) {
      assertSameBits(pairs.get(i), actual.get(i), expected.get(i));
    }
  }

  /** Compares what two engines made of a pair. */
  static void assertSameBits(PairCells pair, PairStates actual, PairStates expected) {
    assertSameBits("clean run", actual.clean(), expected.clean());
    assertSameBits("corrupted run", actual.corrupted(), expected.corrupted());
    for (int i = 0; i < pair.cells().size(); i++) {
      assertSameBits(
          "%s of %s and %s"
              .formatted(
                  pair.cells().get(i), pair.pair().clean().ids(), pair.pair().corrupted().ids()),
          actual.patched().get(i).orElseThrow(),
          expected.patched().get(i).orElseThrow());
    }
  }

  private static void assertSameBits(String run, float[] actual, float[] expected) {
    if (TensorKernels.best(TestModels.device(), Dtype.FLOAT32).keepsRows()) {
      assertThat(actual).as(run).isEqualTo(expected);
      return;
    }
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(actual).as(run).containsExactly(expected, within(ROUNDING * largest));
  }

  private static List<PairStates> run(
      LoadedModel model, Computation computation, List<PairCells> pairs) {
    try (NDManager manager = model.newManager()) {
      return model.engine(computation, manager, RandomPlan.MEANS).run(pairs);
    }
  }
}
