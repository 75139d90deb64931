package org.patchgrid.patch;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.CorruptionKind;
import org.patchgrid.study.Labels;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenizedPair;

/** What the sites of a study ask of every pair: labels and positions. */
public final class SiteRequirements {
  private final Set<Needed> needed = new LinkedHashSet<>();
  private final Optional<String> sweepOfBothPrompts;

  /**
   * @param use what the sweep does with them, for the message
   */
  private record Needed(String sweep, String use, Positions positions) {}

  public SiteRequirements(List<SweepSite> sites) {
    this.sweepOfBothPrompts =
        sites.stream()
            .filter(site -> site.corruption().kind() == CorruptionKind.PROMPT)
            .filter(site -> site.value().kind().isOfSource())
            .map(SweepSite::sweep)
            .findFirst();
    for (SweepSite site : sites) {
      if (site.corruption() instanceof Corruption.Noise noise) {
        Positions label = new Positions.Labelled(noise.label());
        needed.add(new Needed(site.sweep(), "adds noise to", label));
      }
      needed.add(new Needed(site.sweep(), "patches", site.site().positions()));
      if (site.site() instanceof PatchSite patch) {
        each(patch.sourcePositions())
            .map(sources -> new Needed(site.sweep(), "patches the source", sources))
            .forEach(needed::add);
      }
    }
  }

  private static Stream<Positions> each(Positions positions) {
    return positions instanceof Positions.AnyLabelled any
        ? any.labels().stream().map(Positions.Labelled::new)
        : Stream.of(positions);
  }

  /** The pair, rejected if it lacks a label or a position that one of the sites names. */
  public TokenizedPair require(TokenizedPair pair) {
    if (!pair.isUsable()) {
      return pair;
    }
    if (sweepOfBothPrompts.isPresent() && !pair.hasCorrupted()) {
      return pair.rejected(
          PairStatus.INVALID,
          "sweep '%s' needs a run of a corrupted prompt, and the pair has none; give one, or use corruption = noise, or value = zero or mean"
              .formatted(sweepOfBothPrompts.get()));
    }
    return needed.stream().flatMap(each -> rejected(pair, each).stream()).findFirst().orElse(pair);
  }

  private static Optional<TokenizedPair> rejected(TokenizedPair pair, Needed needed) {
    int length = pair.clean().length();
    if (needed.positions() instanceof Positions.Labelled labelled
        && Labels.resolve(labelled.label(), pair).isEmpty()) {
      Set<String> labels = pair.labels().keySet();
      String known = labels.isEmpty() ? "none" : NearestName.list(labelled.label(), labels);
      return Optional.of(
          pair.rejected(
              PairStatus.LABEL_MISSING,
              "sweep '%s' %s label '%s', which the pair lacks (it has %s)"
                  .formatted(needed.sweep(), needed.use(), labelled.label(), known)));
    }
    if (needed.positions() instanceof Positions.At at && at.position() >= length) {
      return Optional.of(
          pair.rejected(
              PairStatus.INVALID,
              "sweep '%s' %s position %d, but the pair has %d tokens (0-%d)"
                  .formatted(needed.sweep(), needed.use(), at.position(), length, length - 1)));
    }
    return Optional.empty();
  }
}
