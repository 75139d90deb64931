package org.patchgrid.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * "The war lasted from the year 1732 to the year 17": right are all two-digit numbers above 32,
 * wrong 32 and those below; the corrupted prompt has 01 instead. Labels are {@code noun}, {@code
 * XX1} and {@code YY} (17 and 32), and {@code XX2}.
 *
 * <p>A tokenizer that writes digits one by one has no such numbers. There the answer is the next
 * digit, the tens: right are those above 3, wrong those below, and 3 is neither.
 *
 * @param century of the years, without its last two digits
 * @param isByDigit whether the answer is a digit
 */
record GreaterThan(String century, boolean isByDigit, List<String> events)
    implements CandidatePairs {
  private static final List<String> CENTURIES = List.of("11", "12", "13", "14", "15", "16", "17");
  private static final String PROBE = "The war lasted from the year 1732 to the year 17";
  private static final String CORRUPTED = "01";

  static Candidates of(Continuations tokens) {
    List<String> pairs = tokens.ofOneToken(PROBE, numbers(0, 100));
    List<String> digits = tokens.ofOneToken(PROBE, digits(0, 10));
    boolean allPairs = pairs.size() == 100;
    boolean allDigits = digits.size() == 10;
    List<CandidatePairs> forms = new ArrayList<>();
    if (allPairs || allDigits) {
      List<String> events = WordList.read("events.txt");
      CENTURIES.forEach(century -> forms.add(new GreaterThan(century, !allPairs, events)));
    }
    return new Candidates(
        forms,
        "%d of 100 two-digit numbers and %d of 10 digits are one token behind a century"
            .formatted(pairs.size(), digits.size()));
  }

  private static List<String> numbers(int first, int end) {
    return IntStream.range(first, end).mapToObj("%02d"::formatted).toList();
  }

  private static List<String> digits(int first, int end) {
    return IntStream.range(first, end).mapToObj(Integer::toString).toList();
  }

  /** As Hanna et al. without the first and the last; with digits, some must be on either side. */
  private List<String> years() {
    return isByDigit ? numbers(10, 90) : numbers(2, 99);
  }

  @Override
  public long size() {
    return (long) events.size() * years().size();
  }

  @Override
  public PairDraft draft(long number) {
    Choices choices = new Choices(number);
    String noun = choices.one(events);
    String year = choices.one(years());
    PairDraft draft =
        new PairDraft()
            .text("The")
            .label("noun", " " + noun)
            .text(" lasted from the year")
            .label("XX1", " " + century)
            .label("YY", year, CORRUPTED)
            .text(" to the year")
            .label("XX2", " " + century)
            .tag("relation", "greater-than")
            .tag("template", "The NOUN lasted from the year XXYY to the year XX")
            .tag("century", century)
            .tag("answers", isByDigit ? "tens" : "years");
    if (isByDigit) {
      int tens = Integer.parseInt(year.substring(0, 1));
      return draft.answers(digits(tens + 1, 10), digits(0, tens));
    }
    int value = Integer.parseInt(year);
    return draft.answers(numbers(value + 1, 100), numbers(0, value + 1));
  }
}
