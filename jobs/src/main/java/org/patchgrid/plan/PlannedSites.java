package org.patchgrid.plan;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.patchgrid.conf.ScreenConfig;
import org.patchgrid.conf.SweepConfig;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.SweepSite;

/**
 * The sites of a plan. Those of which a screen makes estimates come first, since what else is
 * measured depends on them.
 *
 * @param sites all of them
 * @param screened how many of them, from the first, are estimates of a screen
 * @param screenings of the sweeps that have one
 */
public record PlannedSites(List<SweepSite> sites, int screened, List<Screening> screenings)
    implements Serializable {
  public PlannedSites {
    sites = List.copyOf(sites);
    screenings = List.copyOf(screenings);
    if (screened < 0 || screened > sites.size()) {
      throw new IllegalArgumentException("Invalid estimates: " + screened);
    }
  }

  /**
   * Puts together the sites of sweeps.
   *
   * @param sitesOf each sweep's, as if it were not screened
   */
  static PlannedSites of(Map<SweepConfig, List<SweepSite>> sitesOf, long pairs) {
    List<SweepSite> estimates = new ArrayList<>();
    List<SweepSite> measured = new ArrayList<>();
    List<Screening> screenings = new ArrayList<>();
    sitesOf.forEach(
        (sweep, sites) -> {
          measured.addAll(sites);
          sweep
              .screen()
              .ifPresent(
                  screen -> {
                    PatchValue estimate = new PatchValue.Attribution(screen.steps());
                    String name = sweep.name();
                    estimates.addAll(under(ScreenConfig.estimates(name), estimate, sites));
                    measured.addAll(
                        under(ScreenConfig.sampled(name), PatchValue.ACTIVATION, sites));
                    PairSample sample =
                        new PairSample(pairs, screen.sample().of(pairs), screen.seed());
                    screenings.add(new Screening(name, screen.top(), screen.metric(), sample));
                  });
        });
    List<SweepSite> all = new ArrayList<>(estimates);
    all.addAll(measured);
    return new PlannedSites(all, estimates.size(), screenings);
  }

  private static List<SweepSite> under(String sweep, PatchValue value, List<SweepSite> sites) {
    return sites.stream()
        .map(site -> new SweepSite(sweep, site.direction(), site.site(), value, Corruption.PROMPT))
        .toList();
  }

  /** Sites of which the same share of cells is measured. */
  record Share(double share, List<SweepSite> sites) {}

  /** All sites, by how much of them is measured; nearly, where places differ by pair. */
  List<Share> shares(double meanTokens) {
    List<Share> shares = new ArrayList<>();
    List<SweepSite> whole = new ArrayList<>(sites);
    for (Screening screening : screenings) {
      shares.add(top(screening, taken(whole, screening.sweep()), meanTokens));
      PairSample sample = screening.sample();
      shares.add(
          new Share((double) sample.size() / sample.pairs(), taken(whole, screening.sampled())));
    }
    if (!whole.isEmpty()) {
      shares.add(new Share(1, whole));
    }
    return shares;
  }

  private static List<SweepSite> taken(List<SweepSite> from, String sweep) {
    List<SweepSite> taken = from.stream().filter(site -> site.sweep().equals(sweep)).toList();
    from.removeIf(site -> site.sweep().equals(sweep));
    return taken;
  }

  /** Places in each direction are as many. */
  private static Share top(Screening screening, List<SweepSite> sites, double meanTokens) {
    long directions = sites.stream().map(SweepSite::direction).distinct().count();
    double places = cells(sites, meanTokens) / directions;
    return new Share(screening.top().of(Math.round(places)) / places, sites);
  }

  /** Cells of a pair of mean length that are measured or estimated. */
  double cells(double meanTokens) {
    return shares(meanTokens).stream()
        .mapToDouble(share -> share.share() * cells(share.sites(), meanTokens))
        .sum();
  }

  static double cells(List<SweepSite> sites, double meanTokens) {
    return sites.stream().mapToDouble(site -> site.cells(meanTokens)).sum();
  }
}
