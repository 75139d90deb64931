package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.LayerWindow;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** Random plans in waves, against one forward pass a cell: the same bits. */
@ParameterizedClass
@MethodSource("models")
class WavefrontEngineTest {
  private static final int PLANS = 12;
  private static final int CELLS = 60;
  private static final int PAIRS = 3;

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
        List<PairStates> expected = run(model, Computation.of(Engine.REFERENCE), plan.pairs);
        int batchRows = seed % 3 == 0 ? 7 : Computation.AUTO;
        List<PairStates> actual =
            run(model, new Computation(Engine.WAVEFRONT, batchRows, 0), plan.pairs);
        for (int pair = 0; pair < expected.size(); pair++) {
          assertSameBits(plan.pairs.get(pair), actual.get(pair), expected.get(pair), seed);
        }
      }
    }
  }

  private static void assertSameBits(
      PairCells pair, PairStates actual, PairStates expected, int seed) {
    assertThat(actual.clean()).as("clean run, seed %d", seed).isEqualTo(expected.clean());
    assertThat(actual.corrupted())
        .as("corrupted run, seed %d", seed)
        .isEqualTo(expected.corrupted());
    for (int i = 0; i < pair.cells().size(); i++) {
      assertThat(actual.patched().get(i).orElseThrow())
          .as(
              "%s of %s and %s, seed %d",
              pair.cells().get(i), pair.pair().clean().ids(), pair.pair().corrupted().ids(), seed)
          .isEqualTo(expected.patched().get(i).orElseThrow());
    }
  }

  private static List<PairStates> run(
      LoadedModel model, Computation computation, List<PairCells> pairs) {
    try (NDManager manager = model.newManager()) {
      return model.engine(computation, manager).run(pairs);
    }
  }

  /** Pairs of one length with cells of every kind. */
  private static final class RandomPlan {
    private final ModelStructure structure;
    private final Random random;
    private final int length;
    private final List<PairCells> pairs = new ArrayList<>();

    RandomPlan(ModelStructure structure, int seed) {
      this.structure = structure;
      this.random = new Random(seed);
      this.length = 1 + random.nextInt(14);
      for (int i = 0; i < PAIRS; i++) {
        TokenizedPair pair = pair();
        List<PatchedCell> cells = new ArrayList<>();
        for (int j = 0; j < CELLS; j++) {
          cells.add(cell());
        }
        pairs.add(new PairCells(pair, cells));
      }
    }

    private TokenizedPair pair() {
      List<Integer> clean = new ArrayList<>();
      List<Integer> corrupted = new ArrayList<>();
      int different = random.nextInt(length);
      for (int position = 0; position < length; position++) {
        int id = random.nextInt(structure.vocabularySize());
        boolean same = position != different && random.nextInt(4) > 0;
        clean.add(id);
        corrupted.add(same ? id : random.nextInt(structure.vocabularySize()));
      }
      return TestPairs.ofIds(clean, corrupted);
    }

    private PatchedCell cell() {
      List<Component> components = List.copyOf(structure.components());
      Component component = components.get(random.nextInt(components.size()));
      int layer = random.nextInt(structure.layers());
      int window = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
      boolean oneHead = component.headAxis() != HeadAxis.NONE && random.nextBoolean();
      HeadSelection heads =
          oneHead
              ? HeadSelection.one(random.nextInt(structure.heads(component)))
              : HeadSelection.ALL;
      Optional<TokenSpan> span = Optional.empty();
      if (random.nextInt(3) > 0) {
        int start = random.nextInt(length);
        span = Optional.of(new TokenSpan(start, start + 1 + random.nextInt(length - start)));
      }
      Cell cell =
          new Cell(
              "random",
              "pair",
              random.nextBoolean() ? PatchDirection.DENOISING : PatchDirection.NOISING,
              component,
              layer,
              window,
              OptionalInt.empty(),
              OptionalInt.empty(),
              Optional.empty());
      return new PatchedCell(
          cell, LayerWindow.around(layer, window, structure.layers()), heads, span);
    }
  }
}
