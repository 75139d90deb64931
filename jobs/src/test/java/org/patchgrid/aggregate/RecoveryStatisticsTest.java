package org.patchgrid.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.table.AggregateRow;
import org.patchgrid.table.FamilyPlace;
import org.patchgrid.table.GroupStatistics;
import org.patchgrid.table.Measure;

/** NumPy's and SciPy's numbers; {@code goldens/statistics/make_statistics.py} made them. */
class RecoveryStatisticsTest {
  private static final double TOLERANCE = 1e-12;

  private static JsonNode golden() throws IOException {
    try (InputStream file =
        RecoveryStatisticsTest.class.getResourceAsStream("/goldens/statistics/statistics.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(file));
    }
  }

  static Stream<Arguments> cases() throws IOException {
    List<Arguments> cases = new ArrayList<>();
    golden().get("cases").forEach(one -> cases.add(Arguments.of(one.get("name").asText(), one)));
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void equalsNumPyAndSciPy(String name, JsonNode golden) {
    double[] ratios = numbers(golden.get("ratios"));
    RecoveryStatistics statistics =
        new RecoveryStatistics(withFlips(counts(golden.get("indices"), ratios.length)));
    GroupStatistics actual =
        statistics.of(ratios, numbers(golden.get("indirect")), numbers(golden.get("total")), true);

    SoftAssertions softly = new SoftAssertions();
    softly.assertThat(actual.pairs()).isEqualTo(golden.get("n").asInt());
    check(softly, "mean", actual.mean(), golden.get("mean"));
    check(softly, "deviation", actual.standardDeviation(), golden.get("standard_deviation"));
    check(softly, "t low", actual.tLow(), golden.get("t").get(0));
    check(softly, "t high", actual.tHigh(), golden.get("t").get(1));
    check(softly, "bootstrap low", actual.bootstrapLow(), golden.get("bootstrap").get(0));
    check(softly, "bootstrap high", actual.bootstrapHigh(), golden.get("bootstrap").get(1));
    double[] quantiles = {
      actual.minimum(),
      actual.quantile05(),
      actual.quantile25(),
      actual.median(),
      actual.quantile75(),
      actual.quantile95(),
      actual.maximum()
    };
    for (int i = 0; i < quantiles.length; i++) {
      check(softly, "quantile " + i, quantiles[i], golden.get("quantiles").get(i));
    }
    check(softly, "total", actual.averageTotalEffect(), golden.get("average_total_effect"));
    check(
        softly, "indirect", actual.averageIndirectEffect(), golden.get("average_indirect_effect"));
    check(softly, "ratio", actual.ratioOfMeans(), golden.get("ratio_of_means"));
    JsonNode ratio = golden.get("ratio_of_means_interval");
    check(softly, "ratio low", actual.ratioOfMeansLow(), ratio.get(0));
    check(softly, "ratio high", actual.ratioOfMeansHigh(), ratio.get(1));
    if (actual.pairs() <= 13) { // more are not enumerated
      check(softly, "p", actual.pValue(), golden.get("p_value"));
    }
    softly.assertAll();
  }

  private static void check(SoftAssertions softly, String what, double actual, JsonNode expected) {
    if (expected.isNull()) {
      softly.assertThat(actual).as(what).isNaN();
    } else {
      softly
          .assertThat(actual)
          .as(what)
          .isCloseTo(
              expected.asDouble(), within(TOLERANCE * Math.max(1, Math.abs(expected.asDouble()))));
    }
  }

  private static double[] numbers(JsonNode array) {
    return IntStream.range(0, array.size())
        .mapToDouble(i -> array.get(i).isNull() ? Double.NaN : array.get(i).asDouble())
        .toArray();
  }

  private static int[][] counts(JsonNode indices, int pairs) {
    int[][] counts = new int[indices.size()][pairs];
    for (int resample = 0; resample < counts.length; resample++) {
      for (JsonNode index : indices.get(resample)) {
        counts[resample][index.asInt()]++;
      }
    }
    return counts;
  }

  /** As many flips as a study has, so that it is known which samples are enumerated. */
  /**
   * Given ones.
   *
   * @param counts [resample][pair], how often the pair was drawn
   * @param flipped [flip][pair], whether its sign is flipped
   */
  private static Draws drawsOf(int pairs, int[][] counts, boolean[][] flipped) {
    List<PairSelections> digits = new ArrayList<>();
    for (int resample = 0; resample < counts.length; resample++) {
      Draws.addDigits(digits, resample, counts.length, counts[resample]);
    }
    PairSelections flips = new PairSelections(pairs, flipped.length);
    for (int flip = 0; flip < flipped.length; flip++) {
      for (int pair = 0; pair < pairs; pair++) {
        if (flipped[flip][pair]) {
          flips.select(flip, pair);
        }
      }
    }
    return new Draws(pairs, digits, flips);
  }

  private static Draws withFlips(int[][] counts) {
    int pairs = counts[0].length;
    boolean[][] flipped = new boolean[Aggregation.SIGN_FLIPS][pairs];
    for (int flip = 0; flip < flipped.length; flip++) {
      for (int pair = 0; pair < pairs; pair++) {
        flipped[flip][pair] = (flip + pair) % 3 == 0;
      }
    }
    return drawsOf(pairs, counts, flipped);
  }

  @Test
  void pValueCountsFlipsThatAreAsExtreme() {
    double[] values = IntStream.range(0, 20).mapToDouble(i -> i % 2 == 0 ? 1 : 0.5).toArray();
    boolean[][] flipped = new boolean[40][20];
    Arrays.fill(flipped[7], true); // all: as extreme as none
    for (int flip = 8; flip < 40; flip++) {
      flipped[flip][flip % 20] = true; // one: less
    }
    // Flips 0 to 6 change nothing.
    Draws draws = drawsOf(20, new int[][] {IntStream.range(0, 20).map(i -> 1).toArray()}, flipped);
    GroupStatistics actual = new RecoveryStatistics(draws).of(values, values, values, true);
    assertThat(actual.pValue()).isEqualTo(9.0 / 41);
  }

  @Test
  void allFlipsAreEnumeratedWhereTheyAreNoMoreThanAreDrawn() {
    double[] values = {1, 1, 1};
    Draws draws = drawsOf(3, new int[][] {{1, 1, 1}}, new boolean[7][3]);
    GroupStatistics actual = new RecoveryStatistics(draws).of(values, values, values, true);
    assertThat(actual.pValue()).as("2 of 8 sums").isEqualTo(0.25);
  }

  /** Sums that are equal but for rounding are equal, in any unit. */
  @Test
  void pValuesDoNotDependOnTheUnit() {
    double third = 1e9 / 3;
    double[] values = {0.1 * third, 0.2 * third, -0.3 * third, third};
    Draws draws = drawsOf(4, new int[][] {{1, 1, 1, 1}}, new boolean[15][4]);
    GroupStatistics actual = new RecoveryStatistics(draws).of(values, values, values, true);
    assertThat(actual.pValue()).isEqualTo(10 / 16.0);
  }

  /** What the table of sums does, done plainly, on a study's own draws. */
  @Test
  void sumsUnderDrawsAreThoseOfAPlainLoop() {
    Draws all = Draws.seeded(1, 37, 50, 70);
    int[] some = {0, 3, 4, 5, 9, 11, 20, 21, 22, 36};
    double[] values = IntStream.range(0, 37).mapToDouble(i -> Math.sin(i + 1)).toArray();
    double[] ofSome = Arrays.stream(some).mapToDouble(i -> values[i]).toArray();
    double[] elsewhereZero = new double[37];
    Arrays.stream(some).forEach(i -> elsewhereZero[i] = values[i]);
    double[] few = all.among(some).withFlips(ofSome).flippedSums();
    double[] many = all.withFlips(elsewhereZero).flippedSums();
    double[] fewWeighted = all.among(some).of(ofSome).weightedSums();
    double[] manyWeighted = all.of(elsewhereZero).weightedSums();
    assertThat(few).hasSize(70).containsExactly(many, within(TOLERANCE));
    assertThat(fewWeighted).hasSize(50).containsExactly(manyWeighted, within(TOLERANCE));
    assertThat(all.totals()).containsOnly(37.0);
    assertThat(Draws.seeded(1, 37, 50, 70).of(values).weightedSums())
        .containsExactly(all.of(values).weightedSums());
    assertThat(Draws.seeded(2, 37, 50, 70).of(values).weightedSums())
        .isNotEqualTo(all.of(values).weightedSums());
  }

  /** Numbers of a study can be cited: nothing but the seed decides. */
  @Test
  void drawsAreThoseOfTheSeed() {
    double[] powers = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
    Draws draws = Draws.seeded(1, 10, 3, 3);
    assertThat(draws.withFlips(powers).flippedSums()).containsExactly(366, 985, 309);
    assertThat(draws.of(powers).weightedSums()).containsExactly(1089, 639, 1258);
    Draws given = drawsOf(2, new int[][] {{1, 1}}, new boolean[][] {{true, false}});
    assertThat(given.withFlips(new double[] {1, 2}).flippedSums()).containsExactly(1);
  }

  @Test
  void effectsAboveZeroMatterUpToTheLevelItself() {
    List<AggregateRow> placed =
        Families.placed(
            List.of(
                row(0, "denoising", Measure.EFFECT, 0.1, Families.SIGNIFICANT),
                row(0, "noising", Measure.EFFECT, 0, 0.001)));
    assertThat(placed.get(0).place().sufficient()).contains(true);
    assertThat(placed.get(0).place().necessary()).contains(false);
  }

  @Test
  void familiesHaveSciPysQValuesAndRanks() throws IOException {
    JsonNode family = golden().get("family");
    double[] pValues = numbers(family.get("p_values"));
    double[] means = numbers(family.get("means"));
    List<AggregateRow> rows = new ArrayList<>();
    for (int site = 0; site < pValues.length; site++) {
      rows.add(row(site, "denoising", Measure.EFFECT, means[site], pValues[site]));
      rows.add(row(site, "denoising", Measure.RECOVERY, means[site], Double.NaN));
    }
    rows.add(row(99, "denoising", Measure.EFFECT, Double.NaN, Double.NaN));
    List<AggregateRow> placed = Families.placed(rows);
    for (int site = 0; site < pValues.length; site++) {
      FamilyPlace place = placed.get(2 * site).place();
      assertThat(place.qValue())
          .isCloseTo(family.get("q_values").get(site).asDouble(), within(1e-15));
      assertThat(place.rank()).hasValue(family.get("ranks").get(site).asInt());
      assertThat(placed.get(2 * site + 1).place()).isEqualTo(FamilyPlace.NONE);
    }
    assertThat(placed.get(rows.size() - 1).place().rank()).isEmpty();
    assertThat(placed.get(rows.size() - 1).place().qValue()).isNaN();
  }

  @Test
  void sitesInBothDirectionsAreSufficientAndNecessary() {
    List<AggregateRow> placed =
        Families.placed(
            List.of(
                row(0, "denoising", Measure.EFFECT, 0.8, 0.001),
                row(0, "noising", Measure.EFFECT, 0.4, 0.2),
                row(1, "denoising", Measure.EFFECT, 0.3, 0.001)));
    for (int direction = 0; direction < 2; direction++) {
      FamilyPlace place = placed.get(direction).place();
      assertThat(place.sufficiency()).isEqualTo(0.8);
      assertThat(place.necessity()).isEqualTo(0.4);
      assertThat(place.sufficient()).contains(true);
      assertThat(place.necessary()).contains(false);
    }
    assertThat(placed.get(2).place().sufficiency()).isNaN();
    assertThat(placed.get(2).place().sufficient()).isEmpty();
  }

  private static AggregateRow row(
      int layer, String direction, Measure measure, double mean, double pValue) {
    return AggregateRows.row(
        AggregateRows.site(direction, layer), measure, 8, mean, Double.NaN, Double.NaN, pValue);
  }
}
