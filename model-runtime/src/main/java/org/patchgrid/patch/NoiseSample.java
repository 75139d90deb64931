package org.patchgrid.patch;

import org.patchgrid.study.GaussianNoise;
import org.patchgrid.study.TokenSpan;

/**
 * The noise that makes one corrupted run of a pair.
 *
 * @param span the positions whose embeddings get noise
 * @param scale what standard normal numbers are multiplied by
 */
public record NoiseSample(TokenSpan span, double scale, long seed, String pairId, int sample) {
  public NoiseSample {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("Invalid scale of noise: " + scale);
    }
  }

  /** What is added to the embedding at a position of the span, [width]. */
  public float[] values(int position, int width) {
    float[] values = new float[width];
    GaussianNoise.addTo(values, scale, seed, pairId, sample, position);
    return values;
  }
}
