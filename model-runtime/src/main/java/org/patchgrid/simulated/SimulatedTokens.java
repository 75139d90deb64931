package org.patchgrid.simulated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/**
 * Tokens of a model without a tokenizer: words between blanks, or the ids that are given. A label
 * is a range of tokens, or a word by its text.
 */
public final class SimulatedTokens {
  private SimulatedTokens() {}

  /** What a simulated model sees of a pair. */
  public static TokenizedPair of(PromptPair pair) {
    TokenSequence clean = tokens(pair.clean());
    TokenSequence corrupted = pair.hasCorrupted() ? tokens(pair.corrupted()) : clean;
    Map<String, TokenSpan> labels = new TreeMap<>();
    Optional<String> missing = Optional.empty();
    for (Map.Entry<String, LabelSpec> label : pair.labels().entrySet()) {
      Optional<TokenSpan> span = span(label.getValue(), clean, corrupted);
      span.ifPresent(found -> labels.put(label.getKey(), found));
      if (span.isEmpty()) {
        missing = Optional.of(label.getKey());
      }
    }
    TokenizedPair tokenized =
        new TokenizedPair(
            pair,
            clean.length() == corrupted.length() ? PairStatus.OK : PairStatus.LENGTH_MISMATCH,
            clean.length() == corrupted.length()
                ? Optional.empty()
                : Optional.of("%d words, not %d".formatted(corrupted.length(), clean.length())),
            String.join(" ", clean.texts()),
            String.join(" ", corrupted.texts()),
            clean,
            corrupted,
            labels,
            new AnswerTokens.None(),
            new AnswerTokens.None());
    if (clean.length() == 0) {
      return tokenized.rejected(PairStatus.INVALID, "the clean prompt has no tokens");
    }
    if (missing.isPresent() && tokenized.isUsable()) {
      return tokenized.rejected(
          PairStatus.LABEL_MISSING,
          "label '%s' is neither a range of tokens nor one word at one place of both prompts"
              .formatted(missing.get()));
    }
    return tokenized;
  }

  private static TokenSequence tokens(PromptText prompt) {
    List<Integer> ids = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    if (prompt instanceof PromptText.Ids given) {
      ids.addAll(given.ids());
      given.ids().forEach(id -> texts.add("[" + id + "]"));
    } else if (prompt instanceof PromptText.Text text) {
      Arrays.stream(text.text().split("\\s+"))
          .filter(word -> !word.isEmpty())
          .forEach(
              word -> {
                ids.add(word.hashCode() & 0xffff);
                texts.add(word);
              });
    }
    return new TokenSequence(ids, texts);
  }

  private static Optional<TokenSpan> span(
      LabelSpec label, TokenSequence clean, TokenSequence corrupted) {
    if (label instanceof LabelSpec.Text text) {
      int place = clean.texts().indexOf(text.clean().strip());
      boolean same = place == corrupted.texts().indexOf(text.corrupted().strip());
      return place >= 0 && same ? Optional.of(new TokenSpan(place, place + 1)) : Optional.empty();
    }
    TokenSpan span =
        label instanceof LabelSpec.Tokens tokens
            ? tokens.span()
            : ((LabelSpec.TextTokens) label).span();
    return span.end() <= clean.length() ? Optional.of(span) : Optional.empty();
  }
}
