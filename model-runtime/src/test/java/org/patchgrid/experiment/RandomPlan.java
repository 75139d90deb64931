package org.patchgrid.experiment;

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

/** Pairs of one length with cells of every kind. The same seed gives the same plan. */
final class RandomPlan {
  private final ModelStructure structure;
  private final int length;
  private final Random random;

  RandomPlan(ModelStructure structure, int length, int seed) {
    this.structure = structure;
    this.length = length;
    this.random = new Random(seed);
  }

  List<PairCells> pairs(int count, int cellsEach) {
    List<PairCells> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TokenizedPair pair = pair();
      List<PatchedCell> cells = new ArrayList<>();
      for (int j = 0; j < cellsEach; j++) {
        cells.add(cell());
      }
      pairs.add(new PairCells(pair, cells));
    }
    return pairs;
  }

  private TokenizedPair pair() {
    List<Integer> clean = new ArrayList<>();
    List<Integer> corrupted = new ArrayList<>();
    int different = random.nextInt(length);
    for (int position = 0; position < length; position++) {
      int id = random.nextInt(structure.vocabularySize());
      boolean same = position < different || (position > different && random.nextInt(4) > 0);
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
