package org.patchgrid.patch;

import org.patchgrid.study.ActivationMean;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PromptSetStatistics;

/** The vectors that ablations write. Threads may share one. */
public interface Constants {
  /** For studies that write zeros at most. */
  Constants ZEROS = of(PromptSetStatistics.NONE);

  /** Zeros, and the means of a prompt set. */
  static Constants of(PromptSetStatistics statistics) {
    return (point, constant, position, width) -> {
      float[] values = new float[width];
      if (constant instanceof Origin.Mean mean) {
        String label = mean.label().orElse("");
        ActivationMean key = ActivationMean.at(point, mean.over(), label, position);
        double[] means = statistics.means().get(key);
        if (means == null || means.length != width) {
          throw new IllegalStateException("No mean of width " + width + " is known of " + key);
        }
        for (int i = 0; i < width; i++) {
          values[i] = (float) means[i];
        }
      }
      return values;
    };
  }

  /**
   * The values of all heads at a position, [width].
   *
   * @throws IllegalStateException if there is no such mean
   */
  float[] values(HookPoint point, Origin.Constant constant, int position, int width);
}
