package org.patchgrid.plan;

import java.io.Serializable;
import java.util.List;
import org.patchgrid.experiment.SweepCost;
import org.patchgrid.study.Engine;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.SweepSite;

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
      Engine engine, ModelStructure model, List<SweepSite> sites, LengthEstimate lengths) {
    double pass = SweepCost.ofPass(model, lengths.meanTokens());
    double cells =
        switch (engine) {
          case REFERENCE -> StudyPlan.cells(sites, lengths) * pass;
          case WAVEFRONT -> SweepCost.ofCells(model, sites, lengths.meanTokens());
        };
    return new NominalCost(2 * pass, cells / sites.size());
  }
}
