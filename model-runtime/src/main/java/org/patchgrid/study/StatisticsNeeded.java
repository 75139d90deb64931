package org.patchgrid.study;

import java.io.Serializable;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the sites of a study need to know of its whole prompt set.
 *
 * @param noiseLabels labels of whose tokens' embeddings the deviation is needed
 * @param means which means, a position of one left open
 */
public record StatisticsNeeded(SortedSet<String> noiseLabels, Set<NeededMean> means)
    implements Serializable {
  /** The part of a fingerprint that only studies have which need some. */
  public static final String FINGERPRINT_PART = "prompts.statistics";

  /**
   * A mean of activations, for every position if it is one of positions.
   *
   * @param label empty unless it is over a label
   */
  public record NeededMean(HookPoint point, MeanOver over, String label) implements Serializable {}

  public StatisticsNeeded {
    noiseLabels = Collections.unmodifiableSortedSet(new TreeSet<>(noiseLabels));
    means = Set.copyOf(means);
  }

  public static StatisticsNeeded of(ModelStructure model, List<SweepSite> sites) {
    SortedSet<String> labels = new TreeSet<>();
    Set<NeededMean> means = new HashSet<>();
    for (SweepSite site : sites) {
      if (site.corruption() instanceof Corruption.Noise noise) {
        labels.add(noise.label());
      }
      if (site.value() instanceof PatchValue.Mean mean) {
        for (HookPoint point : site.site().points(model)) {
          means.add(new NeededMean(point, mean.over(), label(mean.over(), site.site())));
        }
      }
    }
    return new StatisticsNeeded(labels, means);
  }

  private static String label(MeanOver over, Site site) {
    return over == MeanOver.LABEL && site.positions() instanceof Positions.Labelled labelled
        ? labelled.label()
        : "";
  }

  public boolean isEmpty() {
    return noiseLabels.isEmpty() && means.isEmpty();
  }

  /**
   * Checks the prompts' lengths.
   *
   * @throws PatchgridException if there are several, and a mean for each position is needed
   */
  public void requireLengths(int shortest, int longest) {
    boolean ofPositions = means.stream().anyMatch(mean -> mean.over() == MeanOver.POSITION);
    if (ofPositions && longest > shortest) {
      throw new PatchgridException(
          "Cannot take a mean for each position: prompts have from %d to %d tokens; use mean-over = all, all-but-first or label"
              .formatted(shortest, longest));
    }
  }
}
