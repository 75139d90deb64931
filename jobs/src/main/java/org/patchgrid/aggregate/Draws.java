package org.patchgrid.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.random.RandomGenerator;

/**
 * What chance decides, once for all groups of a study: resamples of its pairs for the bootstrap,
 * and flips of their signs for the permutation test. Since all groups share them, two sites are
 * compared on the same resampled studies.
 *
 * <p>A resample draws as many pairs as there are, with replacement. How often each pair was drawn
 * is kept in binary, a {@link PairSelections} for each digit, so that a weighted sum is a few plain
 * ones. Memory is some 2 KB a pair for 1,000 resamples and 10,000 flips.
 */
final class Draws {
  private final int pairs;

  /** Digit i of a pair's count weighs 2^i. */
  private final List<PairSelections> digits;

  /** The pairs whose sign is flipped. */
  private final PairSelections flips;

  /** [resample]: how many draws are of these pairs. */
  private final double[] totals;

  Draws(int pairs, List<PairSelections> digits, PairSelections flips) {
    this.pairs = pairs;
    this.digits = List.copyOf(digits);
    this.flips = flips;
    double[] ones = new double[pairs];
    Arrays.fill(ones, 1);
    this.totals = of(ones).weightedSums();
  }

  /**
   * By the Mersenne Twister of Commons Math: all resamples, pair by pair, then all flips.
   *
   * @param resamples of the bootstrap
   * @param signFlips of the permutation test
   */
  static Draws seeded(long seed, int pairs, int resamples, int signFlips) {
    RandomGenerator random = new MersenneTwister(seed);
    List<PairSelections> digits = new ArrayList<>();
    for (int resample = 0; resample < resamples; resample++) {
      int[] counts = new int[pairs];
      for (int i = 0; i < pairs; i++) {
        counts[random.nextInt(pairs)]++;
      }
      addDigits(digits, resample, resamples, counts);
    }
    PairSelections flips = new PairSelections(pairs, signFlips);
    for (int flip = 0; flip < signFlips; flip++) {
      for (int pair = 0; pair < pairs; pair++) {
        if (random.nextBoolean()) {
          flips.select(flip, pair);
        }
      }
    }
    return new Draws(pairs, digits, flips);
  }

  /** Adds how often a resample draws each pair. */
  static void addDigits(List<PairSelections> digits, int resample, int resamples, int[] counts) {
    for (int pair = 0; pair < counts.length; pair++) {
      for (int digit = 0; counts[pair] >> digit > 0; digit++) {
        if (digit == digits.size()) {
          digits.add(new PairSelections(counts.length, resamples));
        }
        if ((counts[pair] >> digit & 1) != 0) {
          digits.get(digit).select(resample, pair);
        }
      }
    }
  }

  /** The same draws, seen by some of the pairs. */
  Draws among(int[] some) {
    return new Draws(
        some.length, digits.stream().map(digit -> digit.among(some)).toList(), flips.among(some));
  }

  int pairs() {
    return pairs;
  }

  int signFlips() {
    return flips.selections();
  }

  /** [resample]: how many draws are of these pairs; not to be changed. */
  double[] totals() {
    return totals;
  }

  /** Sums of values, one a pair, under the resamples. */
  Sums of(double[] values) {
    return new Sums(PairSelections.sums(values, digits.toArray(PairSelections[]::new)));
  }

  /** Sums of values, one a pair, under the resamples and under the flips. */
  Sums withFlips(double[] values) {
    PairSelections[] all = Arrays.copyOf(digits.toArray(PairSelections[]::new), digits.size() + 1);
    all[digits.size()] = flips;
    return new Sums(PairSelections.sums(values, all));
  }

  /** Of one vector of values. */
  final class Sums {
    private final double[][] sums;

    private Sums(double[][] sums) {
      this.sums = sums;
    }

    /** [resample]: each value as often as its pair was drawn. */
    double[] weightedSums() {
      int resamples = digits.isEmpty() ? 0 : digits.get(0).selections();
      double[] weighted = new double[resamples];
      for (int digit = 0; digit < digits.size(); digit++) {
        double weight = 1 << digit;
        for (int resample = 0; resample < resamples; resample++) {
          weighted[resample] += weight * sums[digit][resample];
        }
      }
      return weighted;
    }

    /** [flip]: the values whose sign is flipped; only {@link #withFlips}. */
    double[] flippedSums() {
      return sums[digits.size()];
    }
  }
}
