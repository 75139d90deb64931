package org.patchgrid.generate;

import java.util.ArrayList;
import java.util.List;

/** Reads the number of a candidate as choices, one after the other: a number in mixed radix. */
final class Choices {
  private long number;

  Choices(long number) {
    this.number = number;
  }

  <T> T one(List<T> of) {
    int place = (int) (number % of.size());
    number /= of.size();
    return of.get(place);
  }

  /** Different ones, in an order that counts. */
  <T> List<T> different(int count, List<T> of) {
    List<T> left = new ArrayList<>(of);
    List<T> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      T one = one(left);
      left.remove(one);
      chosen.add(one);
    }
    return chosen;
  }

  /** In how many ways {@link #different} can choose; 0 if there are too few. */
  static long arrangements(int count, int of) {
    long ways = 1;
    for (int i = 0; i < count; i++) {
      ways *= Math.max(0, of - i);
    }
    return ways;
  }
}
