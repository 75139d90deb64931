package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.patchgrid.attribution.Attribution;
import org.patchgrid.attribution.AttributionMethod;
import org.patchgrid.attribution.AttributionRuns;
import org.patchgrid.metric.Metric;
import org.patchgrid.patch.Patch;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/**
 * The cells of a pair whose patched runs are estimated, not made: for each direction and method one
 * set of gradients says it of every site.
 */
final class AttributedCells {
  private final LoadedModel model;
  private final SiteExpansion expansion;

  AttributedCells(LoadedModel model) {
    this.model = model;
    this.expansion = new SiteExpansion(model.structure());
  }

  /** A cell with the change of each metric that has an estimate. */
  record Estimate(PatchedCell cell, Map<Metric, Attribution> attributions) {
    /** The sum over all that is patched. */
    OptionalDouble change(Metric metric, int length) {
      Attribution attribution = attributions.get(metric);
      if (attribution == null) {
        return OptionalDouble.empty();
      }
      double change = 0;
      for (Patch patch : cell.run().patches()) {
        TokenSpan keys =
            patch.sourcePosition().isPresent()
                ? new TokenSpan(
                    patch.sourcePosition().getAsInt(), patch.sourcePosition().getAsInt() + 1)
                : new TokenSpan(0, length);
        change +=
            attribution.change(patch.point(), patch.heads().single(), patch.span(length), keys);
      }
      return OptionalDouble.of(change);
    }
  }

  private record Question(PatchDirection direction, int steps) {}

  /**
   * @param sites of attribution
   * @param metrics those that can be read of the pair
   */
  List<Estimate> of(
      TokenizedPair pair, BaseRuns base, List<SweepSite> sites, List<Metric> metrics) {
    Map<Question, List<SweepSite>> byQuestion = new LinkedHashMap<>();
    for (SweepSite site : sites) {
      int steps = ((PatchValue.Attribution) site.value()).steps();
      byQuestion
          .computeIfAbsent(new Question(site.direction(), steps), absent -> new ArrayList<>())
          .add(site);
    }
    List<Estimate> estimates = new ArrayList<>();
    byQuestion.forEach(
        (question, asked) -> estimates.addAll(of(pair, base, question, asked, metrics)));
    return estimates;
  }

  private List<Estimate> of(
      TokenizedPair pair,
      BaseRuns base,
      Question question,
      List<SweepSite> sites,
      List<Metric> metrics) {
    Set<HookPoint> points = new HashSet<>();
    sites.forEach(site -> points.addAll(site.site().points(model.structure())));
    AttributionRuns.Question ofRuns =
        new AttributionRuns.Question(
            pair, question.direction(), metrics, base.answers(), base.foils());
    Map<Metric, Attribution> attributions =
        model.gradients().estimate(ofRuns, points, new AttributionMethod(question.steps()));
    return sites.stream()
        .flatMap(site -> expansion.cells(site, pair).stream())
        .map(cell -> new Estimate(cell, attributions))
        .toList();
  }
}
