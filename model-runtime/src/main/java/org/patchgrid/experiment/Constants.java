package org.patchgrid.experiment;

import org.patchgrid.study.HookPoint;

/** The vectors that ablations write. Threads may share one. */
interface Constants {
  /** For studies that write zeros at most. */
  Constants ZEROS =
      (point, constant, position, width) -> {
        if (!(constant instanceof Origin.Zero)) {
          throw new IllegalStateException("No mean is known of " + point);
        }
        return new float[width];
      };

  /**
   * The values of all heads at a position, [width].
   *
   * @throws IllegalStateException if there is no such mean
   */
  float[] values(HookPoint point, Origin.Constant constant, int position, int width);
}
