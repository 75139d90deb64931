package org.patchgrid.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every formula on four logits, whose values are easily worked out by hand. */
class MetricReaderTest {
  /** Their exponentials are 1, 2, 4 and 1, an eighth each. */
  private static final float[] CLEAN = logarithms(1, 2, 4, 1);

  /** 4, 2, 1 and 1. */
  private static final float[] RUN = logarithms(4, 2, 1, 1);

  @ParameterizedTest
  @CsvSource({
    "L2, 1.9605164", // log(4) * sqrt(2)
    "MSE, 0.9609060",
    "COSINE, 0.8", // 1 - log(2)^2 / (5 log(2)^2)
    "KL, 0.5198604", // (1 * -2 + 4 * 2) / 8 * log(2)
    "LOGIT_DIFF, 1.0397208", // 2 log(2) - (log(2) + 0) / 2
    "PROB_DIFF, 0.125", // 4 / 8 - (2 + 1) / 8
    "ANSWER_PROB, 0.5",
    "ANSWER_LOG_PROB, -0.6931472",
    "ANSWER_LOGIT, 1.3862944",
    "ANSWER_RANK, 1",
  })
  void valuesAreThoseWorkedOutByHand(Metric metric, double expected) {
    assertThat(read(metric, List.of(0), List.of(1, 2))).isCloseTo(expected, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({
    "ANSWER_PROB, 0.375", // 2 / 8 + 1 / 8
    "ANSWER_LOG_PROB, -0.9808293",
    "ANSWER_LOGIT, 0.3465736",
    "ANSWER_RANK, 2", // of the better one
  })
  void severalAnswersCountTogether(Metric metric, double expected) {
    assertThat(read(metric, List.of(3, 1), List.of())).isCloseTo(expected, within(1e-6));
  }

  @Test
  void aRankCountsStrictlyGreaterLogits() {
    assertThat(read(Metric.ANSWER_RANK, List.of(2), List.of())).isEqualTo(3);
    assertThat(read(Metric.ANSWER_RANK, List.of(3), List.of())).isEqualTo(3);
  }

  @Test
  void theLowestOfEqualLogitsIsTheFirst() {
    assertThat(MetricReader.topToken(new float[] {1, 3, 2, 3})).hasValue(1);
    assertThat(MetricReader.topToken(new float[] {-1})).hasValue(0);
    assertThat(MetricReader.topToken(new float[] {Float.NaN, 1})).isEmpty();
    assertThat(MetricReader.topToken(new float[] {1, Float.NaN})).isEmpty();
  }

  @Test
  void probabilitiesAreEighths() {
    double[] expected = {0.125, 0.25, 0.5, 0.125};
    assertThat(MetricReader.probabilities(CLEAN)).containsExactly(expected, within(1e-7));
  }

  @ParameterizedTest
  @EnumSource
  void whatAPairLacksCannotBeRead(Metric metric) {
    MetricReader without = new MetricReader(CLEAN, List.of(), List.of());
    MetricReader withAnswer = new MetricReader(CLEAN, List.of(0), List.of());
    MetricReader withFoil = new MetricReader(CLEAN, List.of(), List.of(0));
    boolean needsNothing = Set.of(Metric.L2, Metric.MSE, Metric.COSINE, Metric.KL).contains(metric);
    boolean needsBoth = Set.of(Metric.LOGIT_DIFF, Metric.PROB_DIFF).contains(metric);
    assertThat(without.canRead(metric)).isEqualTo(needsNothing);
    assertThat(withAnswer.canRead(metric)).isEqualTo(!needsBoth);
    assertThat(withFoil.canRead(metric)).isEqualTo(needsNothing);
    assertThat(new MetricReader(CLEAN, List.of(1), List.of(0)).canRead(metric)).isTrue();
    if (!needsNothing) {
      assertThatThrownBy(() -> without.read(List.of(metric), logits(RUN, 0)))
          .hasMessage(metric.label() + " needs an answer that the pair lacks");
    }
  }

  @Test
  void whatMetricsAre() {
    assertThat(Metric.values())
        .filteredOn(Metric::isDistance)
        .containsExactly(Metric.L2, Metric.MSE, Metric.COSINE);
    assertThat(Metric.ANSWER_LOG_PROB.label()).isEqualTo("answer_log_prob");
    assertThat(Metric.values())
        .filteredOn(Metric::isOfAnswers)
        .containsExactly(Metric.LOGIT_DIFF, Metric.ANSWER_LOGIT);
    Set<Metric> smooth = EnumSet.complementOf(EnumSet.of(Metric.ANSWER_RANK));
    assertThat(Metric.values()).filteredOn(Metric::hasRecovery).hasSameElementsAs(smooth);
    assertThat(Metric.values()).filteredOn(Metric::hasGradient).hasSameElementsAs(smooth);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void oneNumberThatIsNotFiniteIsFound(double bad) {
    double[] good = {1, 2};
    double[] worse = {1, bad};
    float[] vocabulary = {1, 2, (float) bad};
    assertThat(RunLogits.ofVocabulary(RUN, good, good).isFinite()).isTrue();
    assertThat(RunLogits.ofVocabulary(vocabulary, good, good).isFinite()).isFalse();
    assertThat(RunLogits.ofVocabulary(RUN, worse, good).isFinite()).isFalse();
    assertThat(RunLogits.ofVocabulary(RUN, good, worse).isFinite()).isFalse();
    RunLogits ofAnswers = RunLogits.ofAnswers(good, good);
    assertThat(ofAnswers.withGeometry(new LogitGeometry(1, 2, 3, 4)).isFinite()).isTrue();
    for (int i = 0; i < 4; i++) {
      double[] parts = {1, 2, 3, 4};
      parts[i] = bad;
      LogitGeometry geometry = new LogitGeometry(parts[0], parts[1], parts[2], parts[3]);
      assertThat(ofAnswers.withGeometry(geometry).isFinite()).isFalse();
    }
  }

  private static double read(Metric metric, List<Integer> answers, List<Integer> foils) {
    MetricReader reader = new MetricReader(CLEAN, answers, foils);
    assertThat(reader.answers()).containsExactly(ints(answers));
    assertThat(reader.foils()).containsExactly(ints(foils));
    RunLogits run = RunLogits.ofVocabulary(RUN, at(RUN, answers), at(RUN, foils));
    return reader.read(List.of(metric), run)[0];
  }

  private static RunLogits logits(float[] vocabulary, int answer) {
    double[] of = {vocabulary[answer]};
    return RunLogits.ofVocabulary(vocabulary, of, of);
  }

  private static int[] ints(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double[] at(float[] vocabulary, List<Integer> ids) {
    return ids.stream().mapToDouble(id -> vocabulary[id]).toArray();
  }

  private static float[] logarithms(double... values) {
    float[] logarithms = new float[values.length];
    Arrays.setAll(values, i -> Math.log(values[i]));
    for (int i = 0; i < values.length; i++) {
      logarithms[i] = (float) values[i];
    }
    return logarithms;
  }
}
