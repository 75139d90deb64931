package org.patchgrid.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.JointSite;
import org.patchgrid.study.Labels;
import org.patchgrid.study.MeanOver;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.PathFreeze;
import org.patchgrid.study.PathReceiver;
import org.patchgrid.study.PathSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.Site;
import org.patchgrid.study.SitePlace;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** Turns the symbolic positions of sites into the cells of a pair, and cells into runs. */
public final class SiteExpansion {
  private final ModelStructure structure;

  public SiteExpansion(ModelStructure structure) {
    this.structure = structure;
  }

  private record Place(OptionalInt position, Optional<String> label, Optional<TokenSpan> span) {
    static final Place EVERYWHERE =
        new Place(OptionalInt.empty(), Optional.empty(), Optional.empty());

    static Place at(int position) {
      return new Place(
          OptionalInt.of(position),
          Optional.empty(),
          Optional.of(new TokenSpan(position, position + 1)));
    }
  }

  /** The cells of {@code site} for a pair that {@link SiteRequirements} let pass. */
  public List<PatchedCell> cells(SweepSite site, TokenizedPair pair) {
    List<PatchedCell> cells = new ArrayList<>();
    for (Place place : places(site.site().positions(), pair)) {
      for (OptionalInt sourcePosition : sourcePositions(site.site(), pair)) {
        cells.add(
            new PatchedCell(
                cell(site, pair, place, sourcePosition),
                new PatchedRun(site.direction(), patches(site, place, sourcePosition))));
      }
    }
    return cells;
  }

  private static List<Place> places(Positions positions, TokenizedPair pair) {
    int length = pair.clean().length();
    if (positions instanceof Positions.All) {
      return List.of(Place.EVERYWHERE);
    }
    if (positions instanceof Positions.Labelled labelled) {
      return List.of(place(labelled.label(), pair));
    }
    if (positions instanceof Positions.AnyLabelled any) {
      return any.labels().stream().map(label -> place(label, pair)).toList();
    }
    if (positions instanceof Positions.At at) {
      return List.of(Place.at(at.position()));
    }
    if (positions instanceof Positions.Last) {
      return List.of(Place.at(length - 1));
    }
    return IntStream.range(0, length).mapToObj(Place::at).toList();
  }

  private static Place place(String label, TokenizedPair pair) {
    TokenSpan span = Labels.resolve(label, pair).orElseThrow();
    return new Place(OptionalInt.empty(), Optional.of(label), Optional.of(span));
  }

  /** One entry a cell, also of a label's span; or one cell of whole values. */
  private static List<OptionalInt> sourcePositions(Site site, TokenizedPair pair) {
    if (!(site instanceof PatchSite patch) || patch.sourcePositions() instanceof Positions.All) {
      return List.of(OptionalInt.empty());
    }
    return places(patch.sourcePositions(), pair).stream()
        .map(place -> place.span().orElseThrow())
        .flatMap(span -> IntStream.range(span.start(), span.end()).mapToObj(OptionalInt::of))
        .distinct()
        .toList();
  }

  private static Cell cell(
      SweepSite site, TokenizedPair pair, Place place, OptionalInt sourcePosition) {
    return new Cell(
        site.sweep(),
        pair.pair().id(),
        site.direction(),
        site.site().componentName(),
        site.site().layer(),
        site.site().window(),
        head(site.site()),
        place.position(),
        place.label(),
        site.value().kind(),
        site.corruption().kind(),
        sourcePosition,
        site.site() instanceof PathSite path
            ? Optional.of(path.receiver().label())
            : Optional.empty());
  }

  private static OptionalInt head(Site site) {
    if (site instanceof PatchSite patch) {
      return patch.heads().single();
    }
    return site instanceof PathSite path ? path.sender().heads().single() : OptionalInt.empty();
  }

  private List<Patch> patches(SweepSite sweepSite, Place place, OptionalInt sourcePosition) {
    Site site = sweepSite.site();
    if (site instanceof PathSite path) {
      return path(path, sweepSite);
    }
    Origin origin = origin(sweepSite.value(), place);
    if (site instanceof PatchSite patch) {
      return patch.points(structure).stream()
          .map(point -> new Patch(point, patch.heads(), place.span(), sourcePosition, origin))
          .toList();
    }
    return ((JointSite) site)
        .written(structure).stream()
            .map(part -> new Patch(part.point(), part.heads(), place.span(), origin))
            .toList();
  }

  private static Origin origin(PatchValue value, Place place) {
    if (value instanceof PatchValue.Zero) {
      return Origin.ZERO;
    }
    if (value instanceof PatchValue.Mean mean) {
      Optional<String> label = mean.over() == MeanOver.LABEL ? place.label() : Optional.empty();
      return new Origin.Mean(mean.over(), label);
    }
    return Origin.SOURCE;
  }

  /** Wang et al. 2022, section 3.1: with everything else frozen; then what arrives, alone. */
  private List<Patch> path(PathSite path, SweepSite site) {
    List<Patch> frozen = new ArrayList<>();
    for (int layer = 0; layer < structure.layers(); layer++) {
      frozen.add(whole(new HookPoint(Component.Z, layer), HeadSelection.ALL, Origin.TARGET));
      if (path.freeze() == PathFreeze.HEADS_AND_MLPS) {
        frozen.add(whole(new HookPoint(Component.MLP, layer), HeadSelection.ALL, Origin.TARGET));
      }
    }
    SitePlace sender = path.sender();
    frozen.add(whole(sender.point(), sender.heads(), origin(site.value(), Place.EVERYWHERE)));
    if (!(path.receiver() instanceof PathReceiver.Attention receiver)) {
      return frozen;
    }
    SitePlace to = receiver.place();
    return List.of(
        whole(to.point(), to.heads(), new Origin.Run(new PatchedRun(site.direction(), frozen))));
  }

  private static Patch whole(HookPoint point, HeadSelection heads, Origin origin) {
    return new Patch(point, heads, Optional.empty(), origin);
  }
}
