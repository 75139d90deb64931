package org.patchgrid.patch;

import org.patchgrid.study.ActivationMean;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PromptSetStatistics;

/** Zeros, and the means of a prompt set. */
record PromptSetConstants(PromptSetStatistics statistics) implements Constants {
  @Override
  public float[] values(HookPoint point, Origin.Constant constant, int position, int width) {
    if (!(constant instanceof Origin.Mean mean)) {
      return ZEROS.values(point, constant, position, width);
    }
    ActivationMean key = ActivationMean.at(point, mean.over(), mean.label().orElse(""), position);
    double[] values = statistics.means().get(key);
    if (values == null || values.length != width) {
      throw new IllegalStateException("No mean of width " + width + " is known of " + key);
    }
    float[] narrow = new float[width];
    for (int i = 0; i < width; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }
}
