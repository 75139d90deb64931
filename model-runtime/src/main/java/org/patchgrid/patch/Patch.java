package org.patchgrid.patch;

import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.TokenSpan;

/**
 * One thing that is written into a run.
 *
 * @param span the positions written to; empty for all of them
 * @param sourcePosition the one entry of a pattern's row that is written; empty for all of a value
 */
public record Patch(
    HookPoint point,
    HeadSelection heads,
    Optional<TokenSpan> span,
    OptionalInt sourcePosition,
    Origin origin) {
  /** A patch of whole values. */
  public Patch(HookPoint point, HeadSelection heads, Optional<TokenSpan> span, Origin origin) {
    this(point, heads, span, OptionalInt.empty(), origin);
  }

  /** The positions written to in a prompt of {@code length} tokens. */
  public TokenSpan span(int length) {
    return span.orElseGet(() -> new TokenSpan(0, length));
  }
}
