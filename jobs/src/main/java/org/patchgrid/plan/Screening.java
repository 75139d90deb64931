package org.patchgrid.plan;

import java.io.Serializable;
import org.patchgrid.conf.Amount;
import org.patchgrid.conf.ScreenConfig;
import org.patchgrid.metric.Metric;

/**
 * How one sweep of a plan is screened.
 *
 * @param sweep of the places that are measured on every pair
 * @param top how many of them, of those that were estimated
 * @param metric that ranks them
 */
public record Screening(String sweep, Amount top, Metric metric, PairSample sample)
    implements Serializable {

  public String estimates() {
    return ScreenConfig.estimates(sweep);
  }

  /** The sweep of the measurements of every place. */
  public String sampled() {
    return ScreenConfig.sampled(sweep);
  }
}
