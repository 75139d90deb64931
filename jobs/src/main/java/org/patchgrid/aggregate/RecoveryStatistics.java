package org.patchgrid.aggregate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.patchgrid.table.GroupStatistics;

/**
 * The numbers of one group over its pairs. Undefined is NaN, in what comes and in what goes. Not
 * safe for several threads.
 *
 * <ul>
 *   <li>Mean, and standard deviation with n - 1, each in two passes.
 *   <li>t interval: {@code mean -+ t(0.975, n - 1) * standard deviation / sqrt(n)}.
 *   <li>Bootstrap interval: the 2.5 % and 97.5 % quantiles of the means under the {@link Draws}, by
 *       the percentile method (Efron and Tibshirani 1993, chapter 13). A resample in which none of
 *       the group's pairs was drawn is left out.
 *   <li>Quantiles are linear between order statistics, at {@code (n - 1) * p} (type 7 of Hyndman
 *       and Fan, NumPy's and R's default).
 *   <li>p-value: of the sums of the values under flipped signs, the share whose size is at least
 *       that of the sum itself, both counted with it: {@code (1 + extreme) / (1 + flips)}. Where
 *       all flips of the n pairs are no more than that, they are enumerated: {@code extreme / 2^n}.
 *       Sums that are equal but for rounding are equal.
 *   <li>Ratio of means: mean of patched - corrupted by mean of clean - corrupted, over the pairs
 *       that have both, with a bootstrap interval of its own.
 * </ul>
 */
final class RecoveryStatistics {
  private static final double LOW = 0.025;
  private static final double HIGH = 0.975;

  /** What rounding may make of two equal sums, relative to the sum of the values' sizes. */
  private static final double ROUNDING = 1e-12;

  private static final double T_ACCURACY = 1e-13;

  private final Draws draws;
  private final Map<Integer, Double> tQuantiles = new HashMap<>();

  /** Most sites of a metric have the same total effects: their sums are made once. */
  private double[] lastTotals = {};

  private double[] lastTotalSums = {};

  /**
   * @param draws of the pairs that the values are of
   */
  RecoveryStatistics(Draws draws) {
    this.draws = draws;
  }

  /**
   * All of a group's numbers.
   *
   * @param ratios the measure of each pair
   * @param indirect the metric's change by the patch of each pair, in its own unit
   * @param total clean - corrupted of each pair
   * @param tested whether a p-value is wanted
   */
  GroupStatistics of(double[] ratios, double[] indirect, double[] total, boolean tested) {
    double[] sorted = Arrays.stream(ratios).filter(value -> !Double.isNaN(value)).toArray();
    int n = sorted.length;
    double mean = n == 0 ? Double.NaN : StatUtils.mean(sorted);
    double deviation = n < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(sorted, mean));
    double halfWidth = n < 2 ? Double.NaN : tQuantile(n - 1) * deviation / Math.sqrt(n);
    Interval bootstrap = Interval.UNDEFINED;
    double pValue = Double.NaN;
    if (n > 0) {
      boolean sampled = tested && !isEnumerated(n);
      double[] values = zeroWhereUndefined(ratios);
      Draws.Sums sums = sampled ? draws.withFlips(values) : draws.of(values);
      if (n > 1) {
        bootstrap = interval(sums.weightedSums(), weights(ratios, n));
      }
      if (tested) {
        pValue = sampled ? sampledPValue(sorted, sums.flippedSums()) : enumeratedPValue(sorted);
      }
    }
    Arrays.sort(sorted);
    RatioOfMeans ratio = ratioOfMeans(indirect, total);
    return new GroupStatistics(
        n,
        mean,
        deviation,
        mean - halfWidth,
        mean + halfWidth,
        bootstrap.low(),
        bootstrap.high(),
        quantile(sorted, 0),
        quantile(sorted, 0.05),
        quantile(sorted, 0.25),
        quantile(sorted, 0.5),
        quantile(sorted, 0.75),
        quantile(sorted, 0.95),
        quantile(sorted, 1),
        ratio.averageTotal(),
        ratio.averageIndirect(),
        ratio.ratio(),
        ratio.interval().low(),
        ratio.interval().high(),
        pValue);
  }

  private record Interval(double low, double high) {
    private static final Interval UNDEFINED = new Interval(Double.NaN, Double.NaN);
  }

  private record RatioOfMeans(
      double averageTotal, double averageIndirect, double ratio, Interval interval) {
    private static final RatioOfMeans UNDEFINED =
        new RatioOfMeans(Double.NaN, Double.NaN, Double.NaN, Interval.UNDEFINED);
  }

  private double tQuantile(int degreesOfFreedom) {
    return tQuantiles.computeIfAbsent(
        degreesOfFreedom,
        degrees -> new TDistribution(degrees, T_ACCURACY).inverseCumulativeProbability(HIGH));
  }

  /** [resample]: draws of the pairs that have a value. */
  private double[] weights(double[] values, int defined) {
    if (defined == draws.pairs()) {
      return draws.totals();
    }
    return draws
        .of(Arrays.stream(values).map(value -> Double.isNaN(value) ? 0 : 1).toArray())
        .weightedSums();
  }

  private static double[] zeroWhereUndefined(double[] values) {
    return Arrays.stream(values).map(value -> Double.isNaN(value) ? 0 : value).toArray();
  }

  /** Of the quotients whose divisor is not zero. */
  private static Interval interval(double[] dividends, double[] divisors) {
    double[] quotients = new double[dividends.length];
    int defined = 0;
    for (int i = 0; i < dividends.length; i++) {
      if (divisors[i] != 0) {
        quotients[defined++] = dividends[i] / divisors[i];
      }
    }
    return new Interval(lowQuantile(quotients, defined, 1), -lowQuantile(quotients, defined, -1));
  }

  /**
   * The 2.5 % quantile of {@code sign * value}. Sorts no more than the lower tail: sorting a
   * thousand means for each group would take longer than all the rest.
   */
  private static double lowQuantile(double[] values, int size, double sign) {
    double place = (size - 1) * LOW;
    double[] lowest = new double[Math.min(size, (int) place + 2)];
    Arrays.fill(lowest, Double.POSITIVE_INFINITY);
    for (int i = 0; i < size; i++) {
      double value = sign * values[i];
      int at = lowest.length;
      while (at > 0 && value < lowest[at - 1]) {
        at--;
      }
      if (at < lowest.length) {
        System.arraycopy(lowest, at, lowest, at + 1, lowest.length - 1 - at);
        lowest[at] = value;
      }
    }
    return atPlace(lowest, place);
  }

  static double quantile(double[] sorted, double probability) {
    return atPlace(sorted, (sorted.length - 1) * probability);
  }

  private static double atPlace(double[] sorted, double place) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  private boolean isEnumerated(int n) {
    return n < Integer.SIZE - 2 && 1 << n <= draws.signFlips() + 1;
  }

  private static double sampledPValue(double[] values, double[] flippedSums) {
    return (1.0 + countExtreme(values, flippedSums)) / (1.0 + flippedSums.length);
  }

  private static double enumeratedPValue(double[] values) {
    double[] flippedSums = new double[1 << values.length];
    for (int i = 0; i < values.length; i++) {
      int half = 1 << i;
      for (int lower = 0; lower < half; lower++) {
        flippedSums[half + lower] = flippedSums[lower] + values[i];
      }
    }
    return (double) countExtreme(values, flippedSums) / flippedSums.length;
  }

  /** Flipping the signs of values whose sum is s changes the sum of all by -2 s. */
  private static int countExtreme(double[] values, double[] flippedSums) {
    double sum = 0;
    double sizes = 0;
    for (double value : values) {
      sum += value;
      sizes += Math.abs(value);
    }
    double threshold = Math.abs(sum) - ROUNDING * sizes;
    int extreme = 0;
    for (double flipped : flippedSums) {
      if (Math.abs(sum - 2 * flipped) >= threshold) {
        extreme++;
      }
    }
    return extreme;
  }

  private RatioOfMeans ratioOfMeans(double[] indirect, double[] total) {
    double[] both = new double[indirect.length];
    for (int pair = 0; pair < both.length; pair++) {
      both[pair] = indirect[pair] + total[pair]; // NaN where either is
    }
    double[] dividends = definedIn(both, indirect);
    double[] divisors = definedIn(both, total);
    int n = (int) Arrays.stream(both).filter(value -> !Double.isNaN(value)).count();
    if (n == 0) {
      return RatioOfMeans.UNDEFINED;
    }
    double averageIndirect = Arrays.stream(dividends).sum() / n;
    double averageTotal = Arrays.stream(divisors).sum() / n;
    Interval interval = Interval.UNDEFINED;
    if (n > 1 && averageTotal != 0) {
      interval = interval(draws.of(dividends).weightedSums(), totalSums(divisors));
    }
    double ratio = averageTotal == 0 ? Double.NaN : averageIndirect / averageTotal;
    return new RatioOfMeans(averageTotal, averageIndirect, ratio, interval);
  }

  private double[] totalSums(double[] totals) {
    if (!Arrays.equals(totals, lastTotals)) {
      lastTotals = totals;
      lastTotalSums = draws.of(totals).weightedSums();
    }
    return lastTotalSums;
  }

  /** The values where {@code both} is defined, 0 elsewhere. */
  private static double[] definedIn(double[] both, double[] values) {
    double[] defined = new double[values.length];
    for (int pair = 0; pair < values.length; pair++) {
      defined[pair] = Double.isNaN(both[pair]) ? 0 : values[pair];
    }
    return defined;
  }
}
