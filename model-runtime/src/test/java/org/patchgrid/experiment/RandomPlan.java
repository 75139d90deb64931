package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.LayerWindow;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** Pairs of one length with cells of every kind, for engines that must give the same bits. */
final class RandomPlan {
  private static final int CELLS = 60;
  private static final int PAIRS = 3;

  private final int seed;
  private final ModelStructure structure;
  private final Random random;
  private final int length;
  private final List<PairCells> pairs = new ArrayList<>();

  RandomPlan(ModelStructure structure, int seed) {
    this.seed = seed;
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

  List<PairCells> pairs() {
    return pairs;
  }

  /** Compares what two engines made of the plan. */
  void assertSameBits(List<PairStates> actual, List<PairStates> expected) {
    assertThat(actual).hasSameSizeAs(pairs);
    for (int pair = 0; pair < pairs.size(); pair++) {
      assertSameBits(pairs.get(pair), actual.get(pair), expected.get(pair));
    }
  }

  private void assertSameBits(PairCells pair, PairStates actual, PairStates expected) {
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
        oneHead ? HeadSelection.one(random.nextInt(structure.heads(component))) : HeadSelection.ALL;
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
