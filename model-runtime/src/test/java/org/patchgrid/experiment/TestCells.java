package org.patchgrid.experiment;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.patchgrid.patch.Origin;
import org.patchgrid.patch.Patch;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.PatchedRun;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.CorruptionKind;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.ValueKind;

/** Cells that no study file was read for. */
public final class TestCells {
  private TestCells() {}

  /** Of an ordinary patch, between two prompts. */
  public static Cell cell(
      String sweep,
      String pairId,
      PatchDirection direction,
      Component component,
      int layer,
      int window,
      OptionalInt head,
      OptionalInt position,
      Optional<String> positionLabel) {
    return new Cell(
        sweep,
        pairId,
        direction,
        component.roleName(),
        layer,
        window,
        head,
        position,
        positionLabel,
        ValueKind.ACTIVATION,
        CorruptionKind.PROMPT,
        OptionalInt.empty(),
        Optional.empty());
  }

  /**
   * The cell of an ordinary patch: the source run's values of one component.
   *
   * @param layers of the model
   * @param span the positions patched; empty for all of them
   */
  public static PatchedCell patched(
      Cell cell, int layers, HeadSelection heads, Optional<TokenSpan> span) {
    Component component = Component.named(cell.component()).orElseThrow();
    return new PatchedCell(
        cell,
        new PatchedRun(
            cell.direction(),
            IntStream.range(
                    Math.max(0, cell.layer() - cell.window() / 2),
                    Math.min(layers, cell.layer() + (cell.window() + 1) / 2))
                .mapToObj(layer -> new HookPoint(component, layer))
                .map(point -> new Patch(point, heads, span, Origin.SOURCE))
                .toList()));
  }
}
