package org.patchgrid.study;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A pair after the tokenizer: its token ids, and whether it can be run.
 *
 * @param cleanText the clean prompt as text (decoded, if ids were given)
 * @param corruptedText likewise; empty without a corrupted prompt
 * @param reason why the pair cannot be used; empty while the status is {@link PairStatus#OK}
 * @param labels token positions of each label, the same in both prompts
 */
public record TokenizedPair(
    PromptPair pair,
    PairStatus status,
    Optional<String> reason,
    String cleanText,
    String corruptedText,
    TokenSequence clean,
    TokenSequence corrupted,
    Map<String, TokenSpan> labels,
    AnswerTokens answer,
    AnswerTokens foil) {
  public TokenizedPair {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    if (status == PairStatus.OK && clean.length() != corrupted.length()) {
      throw new IllegalArgumentException("A usable pair has prompts of equal length: " + pair.id());
    }
    if (status != PairStatus.OK && reason.isEmpty()) {
      throw new IllegalArgumentException("A pair that cannot be used needs a reason: " + pair.id());
    }
  }

  /** A pair that is tokens already, without answers and labels; its texts are the ids. */
  public static TokenizedPair ofIds(String id, List<Integer> clean, List<Integer> corrupted) {
    PromptPair pair =
        new PromptPair(
            0,
            id,
            new PromptText.Ids(clean),
            new PromptText.Ids(corrupted),
            new AnswerSpec.None(),
            new AnswerSpec.None(),
            Map.of(),
            Map.of());
    return new TokenizedPair(
        pair,
        PairStatus.OK,
        Optional.empty(),
        clean.toString(),
        corrupted.toString(),
        new TokenSequence(clean, clean.stream().map(String::valueOf).toList()),
        new TokenSequence(corrupted, corrupted.stream().map(String::valueOf).toList()),
        Map.of(),
        new AnswerTokens.None(),
        new AnswerTokens.None());
  }

  /** Those of one length together, the shortest first; each list in the order of the pairs. */
  public static Collection<List<TokenizedPair>> byLength(List<TokenizedPair> pairs) {
    return pairs.stream()
        .collect(
            Collectors.groupingBy(pair -> pair.clean().length(), TreeMap::new, Collectors.toList()))
        .values();
  }

  public TokenizedPair rejected(PairStatus newStatus, String why) {
    return new TokenizedPair(
        pair,
        newStatus,
        Optional.of(why),
        cleanText,
        corruptedText,
        clean,
        corrupted,
        labels,
        answer,
        foil);
  }

  public TokenizedPair withItself() {
    return new TokenizedPair(
        pair, status, reason, cleanText, cleanText, clean, clean, labels, answer, foil);
  }

  public TokenizedPair withFoil(AnswerTokens known) {
    return new TokenizedPair(
        pair, status, reason, cleanText, corruptedText, clean, corrupted, labels, answer, known);
  }

  /** Whether there is a corrupted prompt; without one the clean prompt stands for it. */
  public boolean hasCorrupted() {
    return pair.hasCorrupted();
  }

  public boolean isUsable() {
    return status == PairStatus.OK;
  }

  /** The first position at which the ids differ; empty when one prompt continues the other. */
  public OptionalInt firstDifference() {
    int common = Math.min(clean.length(), corrupted.length());
    for (int i = 0; i < common; i++) {
      if (!clean.ids().get(i).equals(corrupted.ids().get(i))) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
