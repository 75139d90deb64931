package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.patchgrid.patch.CellHash;
import org.patchgrid.patch.Origin;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.Patch;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.PatchedRun;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.PatchDirection;

/** Which cells an audit repeats. */
class AuditChoiceTest {
  private static final int LAYERS = 6;
  private static final int LENGTH = 7;
  private static final double NO_LIMIT = 1e9;

  /** Computed by a separate implementation in Python: another number would change every choice. */
  @Test
  void hashIsAFunctionOfTheKeyAlone() {
    Cell cell =
        TestCells.cell(
            "sweep",
            "fr-it",
            PatchDirection.NOISING,
            Component.Z,
            3,
            1,
            OptionalInt.of(2),
            OptionalInt.empty(),
            Optional.of("subject"));
    assertThat(CellHash.of(cell)).isEqualTo(-1008044465089825405L);
  }

  @Test
  void hashIsUniform() {
    List<PatchedCell> cells = new ArrayList<>();
    for (int pair = 0; pair < 100; pair++) {
      cells.addAll(AuditCells.pair("pair-" + pair, LAYERS, LENGTH).cells());
    }
    int[] eighths = new int[8];
    cells.forEach(cell -> eighths[(int) (CellHash.of(cell.cell()) >>> 61)]++);
    for (int eighth : eighths) {
      assertThat(eighth * 8.0 / cells.size()).isBetween(0.9, 1.1);
    }
  }

  @Test
  void doesNotDependOnTheOrderOfPairsAndCells() {
    List<PairCells> pairs = pairs(5);
    List<List<Cell>> chosen = choose(pairs, 100, NO_LIMIT);
    Random random = new Random(1);
    for (int i = 0; i < 10; i++) {
      List<PairCells> shuffled = new ArrayList<>();
      for (PairCells pair : pairs) {
        List<PatchedCell> cells = new ArrayList<>(pair.cells());
        Collections.shuffle(cells, random);
        shuffled.add(new PairCells(pair.pair(), cells));
      }
      Collections.shuffle(shuffled, random);
      assertThat(choose(shuffled, 100, NO_LIMIT)).isEqualTo(chosen);
    }
  }

  @Test
  void beginsWithTheLeastHashAndStaysWithItsPair() {
    List<PairCells> pairs = pairs(5);
    Cell least =
        pairs.stream()
            .flatMap(pair -> pair.cells().stream())
            .map(PatchedCell::cell)
            .min(Comparator.comparingLong(CellHash::of))
            .orElseThrow();
    List<List<Cell>> chosen = choose(pairs, 20, NO_LIMIT);
    assertThat(chosen).hasSize(1);
    assertThat(chosen.get(0)).hasSize(20).first().isEqualTo(least);
    assertThat(chosen.get(0)).isSortedAccordingTo(Comparator.comparingLong(CellHash::of));
  }

  @Test
  void goesOnToOtherPairsForMoreThanOneHas() {
    List<PairCells> pairs = pairs(3);
    int cells = pairs.get(0).cells().size();
    assertThat(choose(pairs, cells + 1, NO_LIMIT)).extracting(List::size).containsExactly(cells, 1);
    assertThat(choose(pairs, 1000, NO_LIMIT)).extracting(List::size).containsOnly(cells).hasSize(3);
  }

  @Test
  void spendsNoMoreThanItMay() {
    List<PairCells> pairs = pairs(3);
    assertThat(choose(pairs, 100, 2.9)).isEmpty();
    assertThat(choose(pairs, 100, 3)).extracting(List::size).containsExactly(1);
    assertThat(choose(pairs, 100, 12.5)).extracting(List::size).containsExactly(10);
    int cells = pairs.get(0).cells().size();
    assertThat(choose(pairs, 1000, 2 + cells + 2.5)).extracting(List::size).containsExactly(cells);
    assertThat(choose(pairs, 0, NO_LIMIT)).isEmpty();
    assertThat(choose(pairs, 100, -5)).isEmpty();
  }

  /** As a path through a receiver does: one to freeze by, one to see the receiver in. */
  @Test
  void spendsTwoPassesOnACellThatTakesTwo() {
    PairCells pair = AuditCells.pair("pair", LAYERS, LENGTH);
    List<PairCells> ofTwo =
        List.of(pair.with(pair.cells().stream().map(AuditChoiceTest::ofTwoPasses).toList()));
    assertThat(choose(ofTwo, 100, 3.9)).isEmpty();
    assertThat(choose(ofTwo, 100, 4)).extracting(List::size).containsExactly(1);
    assertThat(choose(ofTwo, 100, 12.5)).extracting(List::size).containsExactly(5);
    assertThat(choose(ofTwo, 3, 12.5)).extracting(List::size).containsExactly(3);
  }

  private static PatchedCell ofTwoPasses(PatchedCell cell) {
    Patch patch = cell.run().patches().get(0);
    return new PatchedCell(
        cell.cell(),
        new PatchedRun(
            cell.run().direction(),
            List.of(
                new Patch(
                    patch.point(), patch.heads(), patch.span(), new Origin.Run(cell.run())))));
  }

  @Test
  void failedRunsCannotBeAudited() {
    PairCells pair = AuditCells.pair("pair", LAYERS, LENGTH);
    List<Optional<float[]>> states = states(pair);
    int least = AuditCells.leastHash(pair);
    states.set(least, Optional.empty());
    AuditSample sample =
        AuditSample.of(pair, new PairStates(none(), none(), states), cell -> true).orElseThrow();
    assertThat(sample.cells().cells())
        .hasSize(pair.cells().size() - 1)
        .doesNotContain(pair.cells().get(least));
    Collections.fill(states, Optional.empty());
    assertThat(AuditSample.of(pair, new PairStates(none(), none(), states), cell -> true))
        .isEmpty();
  }

  private static List<PairCells> pairs(int count) {
    List<PairCells> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pairs.add(AuditCells.pair("pair-" + i, LAYERS, LENGTH));
    }
    return pairs;
  }

  private static List<List<Cell>> choose(List<PairCells> pairs, long wanted, double passes) {
    List<AuditSample> samples =
        pairs.stream()
            .map(
                pair ->
                    AuditSample.of(
                        pair, new PairStates(none(), none(), states(pair)), cell -> true))
            .flatMap(Optional::stream)
            .toList();
    return AuditSample.choose(samples, wanted, passes).stream()
        .map(sample -> sample.cells().cells().stream().map(PatchedCell::cell).toList())
        .toList();
  }

  private static List<Optional<float[]>> states(PairCells pair) {
    return new ArrayList<>(Collections.nCopies(pair.cells().size(), Optional.of(none())));
  }

  private static float[] none() {
    return new float[] {};
  }
}
