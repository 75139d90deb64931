package org.patchgrid.plan;

import java.io.Serializable;
import org.patchgrid.estimate.SweepCost;
import org.patchgrid.study.Engine;
import org.patchgrid.study.ModelStructure;

/**
 * Counted operations of one pair, and a fixed rate to call them seconds. Nothing here is measured:
 * tasks must be cut alike on every machine.
 *
 * @param ofBothRuns operations of the clean and the corrupted run
 * @param ofSite mean operations of the cells of one site beyond that
 */
public record NominalCost(double ofBothRuns, double ofSite) implements Serializable {
  /** Operations a nominal second stands for: about what one core does in float32. */
  static final double OPERATIONS_PER_SECOND = 100e9;

  public NominalCost {
    if (!(ofBothRuns > 0) || !(ofSite > 0)) {
      throw new IllegalArgumentException("Invalid cost: " + ofBothRuns + " and " + ofSite);
    }
  }

  static NominalCost of(
      Engine engine, ModelStructure model, PlannedSites sites, double meanTokens) {
    double cells = ofCells(engine, model, sites, meanTokens);
    return new NominalCost(2 * SweepCost.ofPass(model, meanTokens), cells / sites.sites().size());
  }

  /** What is measured and estimated of one pair beyond both runs. */
  static double ofCells(
      Engine engine, ModelStructure model, PlannedSites sites, double meanTokens) {
    return sites.shares(meanTokens).stream()
        .mapToDouble(
            share ->
                share.share()
                    * switch (engine) {
                      case REFERENCE -> SweepCost.ofCellsOneByOne(model, share.sites(), meanTokens);
                      case WAVEFRONT -> SweepCost.ofCells(model, share.sites(), meanTokens);
                    })
        .sum();
  }
}
