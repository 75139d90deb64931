package org.patchgrid.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against central differences of the metrics themselves. */
class MetricGradientTest {
  private static final int VOCABULARY = 30;
  private static final float STEP = 1f / 64; // a power of two: logits change by exactly that
  private static final List<Integer> ANSWERS = List.of(3, 7);
  private static final List<Integer> FOILS = List.of(11, 12, 13);

  @ParameterizedTest
  @EnumSource(value = Metric.class, names = "ANSWER_RANK", mode = EnumSource.Mode.EXCLUDE)
  void gradientsAreThoseOfTheMetric(Metric metric) {
    Random random = new Random(5);
    float[] clean = logits(random);
    MetricReader reader = new MetricReader(clean, ANSWERS, FOILS);
    MetricGradient gradients = new MetricGradient(clean, ANSWERS, FOILS);
    for (int round = 0; round < 20; round++) {
      float[] run = logits(random);
      double[] gradient = gradients.of(metric, run);
      for (int i = 0; i < VOCABULARY; i++) {
        double expected =
            (4 * slope(reader, metric, run, i, STEP) - slope(reader, metric, run, i, 2 * STEP)) / 3;
        assertThat(gradient[i]).as("%s, logit %d", metric, i).isCloseTo(expected, within(1e-6));
      }
    }
  }

  @Test
  void distancesHaveNoneAtTheCleanRun() {
    float[] clean = logits(new Random(6));
    MetricGradient gradients = new MetricGradient(clean, List.of(), List.of());
    for (Metric metric : List.of(Metric.L2, Metric.MSE, Metric.COSINE, Metric.KL)) {
      for (double partial : gradients.of(metric, clean)) {
        assertThat(partial).as(metric.label()).isCloseTo(0, within(1e-15));
      }
    }
  }

  @Test
  void aRankHasNone() {
    MetricGradient gradients = new MetricGradient(new float[] {1, 2}, List.of(0), List.of());
    assertThatThrownBy(() -> gradients.of(Metric.ANSWER_RANK, new float[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A rank has no gradient");
  }

  private static double slope(
      MetricReader reader, Metric metric, float[] run, int index, float step) {
    return (value(reader, metric, run, index, step) - value(reader, metric, run, index, -step))
        / (2 * step);
  }

  private static double value(
      MetricReader reader, Metric metric, float[] run, int index, float step) {
    float[] moved = run.clone();
    moved[index] += step;
    double[] answers = ANSWERS.stream().mapToDouble(id -> moved[id]).toArray();
    double[] foils = FOILS.stream().mapToDouble(id -> moved[id]).toArray();
    return reader.read(List.of(metric), RunLogits.ofVocabulary(moved, answers, foils))[0];
  }

  /** Multiples of 1/64, so that float32 holds them and what is a step away. */
  private static float[] logits(Random random) {
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      logits[i] = Math.round(random.nextGaussian() * 2 * 64) / 64f;
    }
    return logits;
  }
}
