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
    boolean estimates = value.kind() == ValueKind.ATTRIBUTION;
    if (estimates && (site instanceof PathSite || corruption.kind() != CorruptionKind.PROMPT)) {
      throw new IllegalArgumentException("Only patches between two prompts have an attribution");
    }
    if (value.kind() == ValueKind.MEAN && site.writes(Component.PATTERN)) {
      throw new IllegalArgumentException("Patterns of prompts of several lengths have no mean");
    }
  }

  /** The source run's activation, where the corrupted run is that of another prompt. */
  public SweepSite(String sweep, PatchDirection direction, Site site) {
    this(sweep, direction, site, PatchValue.ACTIVATION, Corruption.PROMPT);
  }

  /** Whether its cells are runs, and not estimates. */
  public boolean isRun() {
    return value.kind() != ValueKind.ATTRIBUTION;
  }

  /** How many cells a pair of so many tokens has; a label counts as one token. */
  public double cells(double tokens) {
    return site.positions().count(tokens)
        * (site instanceof PatchSite patch ? patch.sourcePositions().count(tokens) : 1);
  }
}
