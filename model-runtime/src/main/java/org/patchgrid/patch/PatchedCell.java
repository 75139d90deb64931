package org.patchgrid.patch;

import java.util.Optional;
import java.util.stream.IntStream;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.LayerWindow;
import org.patchgrid.study.TokenSpan;

/** A cell with the run that it is. */
public record PatchedCell(Cell cell, PatchedRun run) {
  public PatchedCell {
    if (cell.direction() != run.direction()) {
      throw new IllegalArgumentException("The run of another direction than " + cell);
    }
  }

  /**
   * The cell of an ordinary patch: the source run's values of one component.
   *
   * @param layers the layers patched together
   * @param span the positions patched; empty for all of them
   */
  public PatchedCell(Cell cell, LayerWindow layers, HeadSelection heads, Optional<TokenSpan> span) {
    this(
        cell,
        new PatchedRun(
            cell.direction(),
            IntStream.range(layers.first(), layers.end())
                .mapToObj(layer -> new HookPoint(component(cell), layer))
                .map(point -> new Patch(point, heads, span, Origin.SOURCE))
                .toList()));
  }

  private static Component component(Cell cell) {
    return Component.named(cell.component()).orElseThrow();
  }
}
