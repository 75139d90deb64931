package org.patchgrid.patch;

import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PromptSetStatistics;

/** The vectors that ablations write. Threads may share one. */
public interface Constants {
  /** For studies that write zeros at most. */
  Constants ZEROS =
      (point, constant, position, width) -> {
        if (!(constant instanceof Origin.Zero)) {
          throw new IllegalStateException("No mean is known of " + point);
        }
        return new float[width];
      };

  /** Zeros, and the means of a prompt set. */
  static Constants of(PromptSetStatistics statistics) {
    return new PromptSetConstants(statistics);
  }

  /**
   * The values of all heads at a position, [width].
   *
   * @throws IllegalStateException if there is no such mean
   */
  float[] values(HookPoint point, Origin.Constant constant, int position, int width);
}
