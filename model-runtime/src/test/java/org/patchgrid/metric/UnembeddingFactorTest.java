package org.patchgrid.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Distances by the factor against distances between the logits themselves. */
class UnembeddingFactorTest {
  private static final int VOCABULARY = 200;
  private static final int WIDTH = 24;
  private static final List<Metric> DISTANCES = List.of(Metric.L2, Metric.MSE, Metric.COSINE);

  private final Random random = new Random(3);
  private final double[][] unembedding = new double[VOCABULARY][WIDTH];

  @Test
  void distancesAreThoseBetweenTheLogits() {
    fill(WIDTH);
    assertSameDistances(1e-6); // the float32 logits of the comparison are rounded
  }

  @Test
  void aDependentColumnIsNoProblem() {
    for (int i = 0; i < 20; i++) {
      fill(WIDTH - 1);
      for (double[] row : unembedding) {
        row[WIDTH - 1] = 2 * row[0] - row[5];
      }
      assertSameDistances(1e-5);
    }
  }

  /** What rounding leaves of a column is small beside that column, whatever the others are. */
  @Test
  void smallColumnsAreNotTakenForDependentOnes() {
    UnembeddingFactor factor = UnembeddingFactor.of(new double[] {2e36, 1e18, 1e18, 1}, 2);
    LogitGeometry geometry = factor.with(new float[] {0, 0}).of(new float[] {0, 3});
    assertThat(geometry.squaredDistance()).isCloseTo(9, within(1e-12));
  }

  @Test
  void equalRunsAreExactlyEqual() {
    fill(WIDTH);
    float[] state = state();
    LogitGeometry same = factor().with(state).of(state.clone());
    assertThat(same.squaredDistance()).isZero();
    assertThat(same.cosineDistance()).isZero();
  }

  private void assertSameDistances(double tolerance) {
    UnembeddingFactor factor = factor();
    for (int i = 0; i < 50; i++) {
      float[] clean = state();
      float[] run = state();
      float[] cleanLogits = logits(clean);
      MetricReader reader = new MetricReader(cleanLogits, List.of(), List.of());
      double[] none = {};
      double[] expected = reader.read(DISTANCES, RunLogits.ofVocabulary(logits(run), none, none));
      double[] actual =
          reader.read(
              DISTANCES, RunLogits.ofAnswers(none, none).withGeometry(factor.with(clean).of(run)));
      for (int metric = 0; metric < expected.length; metric++) {
        assertThat(actual[metric])
            .as(DISTANCES.get(metric).label())
            .isCloseTo(expected[metric], within(tolerance * Math.max(1, expected[metric])));
      }
    }
  }

  private void fill(int columns) {
    for (double[] row : unembedding) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextGaussian();
      }
    }
  }

  private UnembeddingFactor factor() {
    double[] gram = new double[WIDTH * WIDTH];
    for (double[] row : unembedding) {
      for (int i = 0; i < gram.length; i++) {
        gram[i] += row[i / WIDTH] * row[i % WIDTH];
      }
    }
    return UnembeddingFactor.of(gram, WIDTH);
  }

  private float[] state() {
    float[] state = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      state[i] = (float) random.nextGaussian();
    }
    return state;
  }

  private float[] logits(float[] state) {
    float[] logits = new float[VOCABULARY];
    for (int token = 0; token < VOCABULARY; token++) {
      double sum = 0;
      for (int i = 0; i < WIDTH; i++) {
        sum += unembedding[token][i] * state[i];
      }
      logits[token] = (float) sum;
    }
    return logits;
  }
}
