package org.patchgrid.experiment;

import java.util.Optional;
import org.patchgrid.study.Cell;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.LayerWindow;
import org.patchgrid.study.TokenSpan;

/**
 * A cell with everything that its patched run needs to know.
 *
 * @param layers the layers patched together
 * @param span the positions patched; empty for all of them
 */
record PatchedCell(Cell cell, LayerWindow layers, HeadSelection heads, Optional<TokenSpan> span) {
  /** The positions patched in a prompt of {@code length} tokens. */
  TokenSpan span(int length) {
    return span.orElseGet(() -> new TokenSpan(0, length));
  }
}
