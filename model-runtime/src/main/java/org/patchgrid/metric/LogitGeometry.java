package org.patchgrid.metric;

/**
 * How a run's logits lie to the clean run's, over the vocabulary.
 *
 * @param squaredDistance {@code |run - clean|^2}
 * @param squaredNorm {@code |run|^2}
 * @param cleanSquaredNorm {@code |clean|^2}
 * @param product {@code run . clean}
 */
public record LogitGeometry(
    double squaredDistance, double squaredNorm, double cleanSquaredNorm, double product) {
  /** From every logit of both, [V]. */
  static LogitGeometry of(float[] run, float[] clean) {
    double squaredDistance = 0;
    double squaredNorm = 0;
    double cleanSquaredNorm = 0;
    double product = 0;
    for (int i = 0; i < clean.length; i++) {
      double difference = (double) run[i] - clean[i];
      squaredDistance += difference * difference;
      squaredNorm += (double) run[i] * run[i];
      cleanSquaredNorm += (double) clean[i] * clean[i];
      product += (double) run[i] * clean[i];
    }
    return new LogitGeometry(squaredDistance, squaredNorm, cleanSquaredNorm, product);
  }

  /** 1 - cosine similarity; exactly 0 for equal logits, since one root is of the product. */
  double cosineDistance() {
    return 1 - product / Math.sqrt(squaredNorm * cleanSquaredNorm);
  }

  boolean isFinite() {
    return Double.isFinite(squaredDistance + squaredNorm + cleanSquaredNorm + product);
  }
}
