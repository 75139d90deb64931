package org.patchgrid.metric;

import java.util.Arrays;
import java.util.List;

/**
 * The gradients of a pair's metrics with respect to a run's logits at the last position, in double
 * precision. The metrics themselves are in {@link MetricReader}.
 *
 * <p>V is the vocabulary. An instance may be shared between threads.
 */
public final class MetricGradient {
  private final float[] clean; // [V]
  private final List<Integer> answers;
  private final List<Integer> foils;

  /**
   * @param clean the clean run's logits, [V]; not copied
   * @param answers ids of the right answers; empty if there are none
   * @param foils ids of the wrong answers; empty if there are none
   */
  public MetricGradient(float[] clean, List<Integer> answers, List<Integer> foils) {
    this.clean = clean;
    this.answers = List.copyOf(answers);
    this.foils = List.copyOf(foils);
  }

  /**
   * The gradient at a run's logits, [V] both.
   *
   * @throws IllegalArgumentException for a metric that {@link Metric#hasGradient} denies
   */
  public double[] of(Metric metric, float[] logits) {
    return switch (metric) {
      case L2 -> ofDistance(logits);
      case MSE -> scaledDifference(logits, 2.0 / clean.length);
      case COSINE -> ofCosineDistance(logits);
      case KL -> difference(MetricReader.probabilities(logits), MetricReader.probabilities(clean));
      case LOGIT_DIFF -> difference(ofMeanLogit(answers), ofMeanLogit(foils));
      case PROB_DIFF -> difference(ofProbability(answers, logits), ofProbability(foils, logits));
      case ANSWER_PROB -> ofProbability(answers, logits);
      case ANSWER_LOG_PROB -> ofLogProbability(logits);
      case ANSWER_LOGIT -> ofMeanLogit(answers);
      case ANSWER_RANK -> throw new IllegalArgumentException("A rank has no gradient");
    };
  }

  /** At the clean run itself, where the distance has a tip, zero (a subgradient). */
  private double[] ofDistance(float[] logits) {
    double distance = Math.sqrt(LogitGeometry.of(logits, clean).squaredDistance());
    return scaledDifference(logits, distance == 0 ? 0 : 1 / distance);
  }

  private double[] scaledDifference(float[] logits, double scale) {
    double[] gradient = new double[logits.length];
    Arrays.setAll(gradient, i -> scale * ((double) logits[i] - clean[i]));
    return gradient;
  }

  private double[] ofCosineDistance(float[] logits) {
    LogitGeometry geometry = LogitGeometry.of(logits, clean);
    double norms = Math.sqrt(geometry.squaredNorm()) * Math.sqrt(geometry.cleanSquaredNorm());
    double share = geometry.product() / geometry.squaredNorm();
    double[] gradient = new double[logits.length];
    Arrays.setAll(gradient, i -> (share * logits[i] - clean[i]) / norms);
    return gradient;
  }

  private double[] ofMeanLogit(List<Integer> ids) {
    double[] gradient = new double[clean.length];
    ids.forEach(id -> gradient[id] += 1.0 / ids.size());
    return gradient;
  }

  /** Of the summed probability. */
  private static double[] ofProbability(List<Integer> ids, float[] logits) {
    double[] probabilities = MetricReader.probabilities(logits);
    double total = total(ids, probabilities);
    double[] gradient = new double[logits.length];
    Arrays.setAll(gradient, i -> -total * probabilities[i]);
    ids.forEach(id -> gradient[id] += probabilities[id]);
    return gradient;
  }

  private double[] ofLogProbability(float[] logits) {
    double total = total(answers, MetricReader.probabilities(logits));
    double[] gradient = ofProbability(answers, logits);
    Arrays.setAll(gradient, i -> gradient[i] / total);
    return gradient;
  }

  private static double total(List<Integer> ids, double[] probabilities) {
    return ids.stream().mapToDouble(id -> probabilities[id]).sum();
  }

  private static double[] difference(double[] a, double[] b) {
    double[] difference = new double[a.length];
    Arrays.setAll(difference, i -> a[i] - b[i]);
    return difference;
  }
}
