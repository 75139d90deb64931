package org.patchgrid.study;

import java.io.Serializable;

/** One site of one sweep in one direction: what a plan counts and a task lists. */
public record SweepSite(
    String sweep, PatchDirection direction, Site site, PatchValue value, Corruption corruption)
    implements Serializable {
  public SweepSite {
    boolean ablates = value.kind() == ValueKind.ZERO || value.kind() == ValueKind.MEAN;
    if (ablates && direction != PatchDirection.NOISING) {
      throw new IllegalArgumentException("Constants are written into the clean run: noising");
    }
    if (value.kind() == ValueKind.MEAN && writesPatterns(site)) {
      throw new IllegalArgumentException("Patterns of prompts of several lengths have no mean");
    }
  }

  /** The source run's activation, where the corrupted run is that of another prompt. */
  public SweepSite(String sweep, PatchDirection direction, Site site) {
    this(sweep, direction, site, PatchValue.ACTIVATION, Corruption.PROMPT);
  }

  private static boolean writesPatterns(Site site) {
    return (site instanceof PatchSite patch && patch.component() == Component.PATTERN)
        || (site instanceof JointSite joint
            && joint.places().stream().anyMatch(p -> p.component() == Component.PATTERN));
  }
}
