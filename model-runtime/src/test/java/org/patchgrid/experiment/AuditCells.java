package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.patch.CellHash;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSpan;

/** Pairs with cells for tests of the audit. */
final class AuditCells {
  private static final List<Component> COMPONENTS = List.of(Component.MLP, Component.SELF_ATTN);

  private AuditCells() {}

  /**
   * A pair of {@code length} tokens that differ in the second one, with a cell for each of two
   * components, layers and positions.
   */
  static PairCells pair(String id, int layers, int length) {
    List<Integer> clean = new ArrayList<>(Collections.nCopies(length, 5));
    List<Integer> corrupted = new ArrayList<>(clean);
    corrupted.set(1, 9);
    List<PatchedCell> cells = new ArrayList<>();
    for (Component component : COMPONENTS) {
      for (int layer = 0; layer < layers; layer++) {
        for (int position = 0; position < length; position++) {
          cells.add(cell(id, component, layer, position, layers));
        }
      }
    }
    return new PairCells(TestPairs.ofIds(clean, corrupted), cells);
  }

  private static PatchedCell cell(
      String pair, Component component, int layer, int position, int layers) {
    return TestCells.patched(
        TestCells.cell(
            "test",
            pair,
            PatchDirection.DENOISING,
            component,
            layer,
            1,
            OptionalInt.empty(),
            OptionalInt.of(position),
            Optional.empty()),
        layers,
        HeadSelection.ALL,
        Optional.of(new TokenSpan(position, position + 1)));
  }

  /** The place of the cell with the least hash: the one that is always audited. */
  static int leastHash(PairCells pair) {
    int least = 0;
    for (int i = 1; i < pair.cells().size(); i++) {
      if (hash(pair, i) < hash(pair, least)) {
        least = i;
      }
    }
    return least;
  }

  private static long hash(PairCells pair, int cell) {
    return CellHash.of(pair.cells().get(cell).cell());
  }
}
