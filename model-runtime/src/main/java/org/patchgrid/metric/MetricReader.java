package org.patchgrid.metric;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads metrics of one pair's runs off their logits at the last position, in double precision.
 *
 * <p>V is the vocabulary: every row of the unembedding, padding rows included. An instance belongs
 * to one pair; it is not changed by reading and may be shared between threads.
 */
public final class MetricReader {
  private final float[] clean; // [V]
  private final double[] cleanLogProbabilities; // [V]
  private final int[] answers;
  private final int[] foils;

  /**
   * @param clean the clean run's logits at the last position, [V]; not copied
   * @param answers ids of the right answers; empty if there are none
   * @param foils ids of the wrong answers; empty if there are none
   */
  public MetricReader(float[] clean, List<Integer> answers, List<Integer> foils) {
    this.clean = clean;
    this.cleanLogProbabilities = logProbabilities(clean);
    this.answers = answers.stream().mapToInt(Integer::intValue).toArray();
    this.foils = foils.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Whether this pair has the answers that {@code metric} is read at. */
  public boolean canRead(Metric metric) {
    return (!metric.needsAnswer() || answers.length > 0)
        && (!metric.needsFoil() || foils.length > 0);
  }

  /** Ids of the right answers, in the order in which {@link RunLogits} has their logits. */
  public int[] answers() {
    return answers.clone();
  }

  /** Ids of the wrong answers. */
  public int[] foils() {
    return foils.clone();
  }

  /**
   * The values of {@code metrics}, in their order, for one run.
   *
   * @throws IllegalArgumentException for a metric that {@link #canRead} refuses
   */
  public double[] read(List<Metric> metrics, RunLogits logits) {
    Run run = new Run(logits);
    return metrics.stream().mapToDouble(run::value).toArray();
  }

  /** The id of the largest logit; of equal ones the lowest. Empty where one is not a number. */
  public static OptionalInt topToken(float[] logits) {
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i])) {
        return OptionalInt.empty();
      }
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return OptionalInt.of(best);
  }

  /** The probability of every token, [V] both. */
  public static double[] probabilities(float[] logits) {
    double[] probabilities = logProbabilities(logits);
    Arrays.setAll(probabilities, i -> Math.exp(probabilities[i]));
    return probabilities;
  }

  /** One run; what several metrics share is computed once, and only when one asks for it. */
  private final class Run {
    private final RunLogits logits;
    private double logSumExp = Double.NaN;
    private @Nullable LogitGeometry geometry;

    Run(RunLogits logits) {
      this.logits = logits;
    }

    double value(Metric metric) {
      if (!canRead(metric)) {
        throw new IllegalArgumentException(metric.label() + " needs an answer that the pair lacks");
      }
      return switch (metric) {
        case L2 -> Math.sqrt(geometry().squaredDistance());
        case MSE -> geometry().squaredDistance() / clean.length;
        case COSINE -> geometry().cosineDistance();
        case KL -> klFromClean();
        case LOGIT_DIFF -> mean(logits.answers()) - mean(logits.foils());
        case PROB_DIFF -> Math.exp(logProbability(answers)) - Math.exp(logProbability(foils));
        case ANSWER_PROB -> Math.exp(logProbability(answers));
        case ANSWER_LOG_PROB -> logProbability(answers);
        case ANSWER_LOGIT -> mean(logits.answers());
        case ANSWER_RANK -> rank();
      };
    }

    private float[] vocabulary() {
      float[] vocabulary = logits.vocabulary();
      if (vocabulary.length != clean.length) {
        throw new IllegalArgumentException(
            "Cannot compare " + vocabulary.length + " logits with " + clean.length);
      }
      return vocabulary;
    }

    private LogitGeometry geometry() {
      if (geometry == null) {
        geometry = logits.geometry(clean);
      }
      return geometry;
    }

    private double klFromClean() {
      float[] vocabulary = vocabulary();
      double normalizer = logSumExp();
      double sum = 0;
      for (int i = 0; i < vocabulary.length; i++) {
        double ofClean = cleanLogProbabilities[i];
        sum += Math.exp(ofClean) * (ofClean - (vocabulary[i] - normalizer));
      }
      return sum;
    }

    private double logSumExp() {
      if (Double.isNaN(logSumExp)) {
        logSumExp = MetricReader.logSumExp(vocabulary());
      }
      return logSumExp;
    }

    private double logProbability(int[] ids) {
      float[] vocabulary = vocabulary();
      float[] chosen = new float[ids.length];
      for (int i = 0; i < ids.length; i++) {
        chosen[i] = vocabulary[ids[i]];
      }
      return MetricReader.logSumExp(chosen) - logSumExp();
    }

    private double rank() {
      float[] vocabulary = vocabulary();
      float best = Float.NEGATIVE_INFINITY;
      for (int id : answers) {
        best = Math.max(best, vocabulary[id]);
      }
      int greater = 0;
      for (float logit : vocabulary) {
        if (logit > best) {
          greater++;
        }
      }
      return 1.0 + greater;
    }
  }

  private static double mean(double[] logits) {
    double sum = 0;
    for (double logit : logits) {
      sum += logit;
    }
    return sum / logits.length;
  }

  private static double[] logProbabilities(float[] logits) {
    double normalizer = logSumExp(logits);
    double[] logProbabilities = new double[logits.length];
    Arrays.setAll(logProbabilities, i -> logits[i] - normalizer);
    return logProbabilities;
  }

  private static double logSumExp(float[] values) {
    double max = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      max = Math.max(max, value);
    }
    double sum = 0;
    for (float value : values) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum);
  }
}
