package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.study.Cell;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.Labels;
import org.patchgrid.study.LayerWindow;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** Turns the symbolic positions of sites into the cells of a pair. */
final class SiteExpansion {
  private final int layers;

  /**
   * @param layers how many layers the model has
   */
  SiteExpansion(int layers) {
    this.layers = layers;
  }

  /** The pair, rejected if one of the sites names a label or a position that it does not have. */
  static TokenizedPair requireEverySite(TokenizedPair pair, List<SweepSite> sites) {
    if (!pair.isUsable()) {
      return pair;
    }
    for (SweepSite site : sites) {
      Positions positions = site.site().positions();
      if (positions instanceof Positions.Labelled labelled
          && Labels.resolve(labelled.label(), pair).isEmpty()) {
        String known = pair.labels().isEmpty() ? "none" : String.join(", ", pair.labels().keySet());
        return pair.rejected(
            PairStatus.LABEL_MISSING,
            "sweep '%s' patches label '%s', which the pair lacks (it has %s)"
                .formatted(site.sweep(), labelled.label(), known));
      }
      if (positions instanceof Positions.At at && at.position() >= pair.clean().length()) {
        return pair.rejected(
            PairStatus.INVALID,
            "sweep '%s' patches position %d, but the pair has %d tokens (0-%d)"
                .formatted(
                    site.sweep(), at.position(), pair.clean().length(), pair.clean().length() - 1));
      }
    }
    return pair;
  }

  /** The cells of {@code site} for a pair that {@link #requireEverySite} let pass. */
  List<PatchedCell> cells(SweepSite site, TokenizedPair pair) {
    Positions positions = site.site().positions();
    int length = pair.clean().length();
    if (positions instanceof Positions.All) {
      return List.of(cell(site, pair, OptionalInt.empty(), Optional.empty(), Optional.empty()));
    }
    if (positions instanceof Positions.Labelled labelled) {
      TokenSpan span = Labels.resolve(labelled.label(), pair).orElseThrow();
      return List.of(
          cell(site, pair, OptionalInt.empty(), Optional.of(labelled.label()), Optional.of(span)));
    }
    if (positions instanceof Positions.At at) {
      return List.of(atPosition(site, pair, at.position()));
    }
    if (positions instanceof Positions.Last) {
      return List.of(atPosition(site, pair, length - 1));
    }
    List<PatchedCell> each = new ArrayList<>();
    for (int position = 0; position < length; position++) {
      each.add(atPosition(site, pair, position));
    }
    return each;
  }

  private PatchedCell atPosition(SweepSite site, TokenizedPair pair, int position) {
    TokenSpan span = new TokenSpan(position, position + 1);
    return cell(site, pair, OptionalInt.of(position), Optional.empty(), Optional.of(span));
  }

  private PatchedCell cell(
      SweepSite sweepSite,
      TokenizedPair pair,
      OptionalInt position,
      Optional<String> label,
      Optional<TokenSpan> span) {
    PatchSite site = sweepSite.site();
    OptionalInt head =
        site.heads() instanceof HeadSelection.One one
            ? OptionalInt.of(one.head())
            : OptionalInt.empty();
    Cell cell =
        new Cell(
            sweepSite.sweep(),
            pair.pair().id(),
            sweepSite.direction(),
            site.component(),
            site.layer(),
            site.window(),
            head,
            position,
            label);
    LayerWindow window = LayerWindow.around(site.layer(), site.window(), layers);
    return new PatchedCell(cell, window, site.heads(), span);
  }
}
