package org.patchgrid.plan;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.TokenizedPair;

/**
 * What is known of pairs before the model runs: how long they are, and which cannot be used. Of a
 * sample, or of all. Filled by one thread.
 */
public final class PromptSurvey {
  private final SortedMap<Integer, Long> usableByLength = new TreeMap<>();
  private final Map<PairStatus, Long> skipped = new EnumMap<>(PairStatus.class);
  private long pairs;

  /** One more pair, as the tokenizer and the sweeps find it. */
  public void add(TokenizedPair pair) {
    pairs++;
    if (pair.isUsable()) {
      usableByLength.merge(pair.clean().length(), 1L, Long::sum);
    } else {
      skipped.merge(pair.status(), 1L, Long::sum);
    }
  }

  long pairs() {
    return pairs;
  }

  /** From 0 to 1. */
  public double usableShare() {
    return (double) usable() / pairs;
  }

  long usable() {
    return usableByLength.values().stream().mapToLong(Long::longValue).sum();
  }

  double meanTokens() {
    return sum(length -> length) / usable();
  }

  /** Tokens of the shortest usable pair; 0 if there is none. */
  public int shortest() {
    return usableByLength.isEmpty() ? 0 : usableByLength.firstKey();
  }

  /** Tokens of the longest usable pair; 0 if there is none. */
  public int longest() {
    return usableByLength.isEmpty() ? 0 : usableByLength.lastKey();
  }

  /** Over the usable pairs, of something that depends on their length. */
  double sum(IntToDoubleFunction ofLength) {
    return usableByLength.entrySet().stream()
        .mapToDouble(entry -> entry.getValue() * ofLength.applyAsDouble(entry.getKey()))
        .sum();
  }

  /** As {@code length_mismatch 2, invalid 1}; empty if every pair can be used. */
  public String reasons() {
    return skipped.entrySet().stream()
        .map(
            entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey().label(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }
}
