package org.patchgrid.tokenize;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSequence;

/** Finds the token of each answer and foil: the one by which it continues the clean prompt. */
record AnswerReader(
    TextEncoder encoder, int vocabularySize, BosPolicy bos, AnswerTokenPolicy policy) {
  /**
   * @param role "answer" or "foil", for the messages
   */
  AnswerTokens read(String role, AnswerSpec spec, EncodedPrompt clean) throws UnusablePair {
    if (spec instanceof AnswerSpec.None) {
      return new AnswerTokens.None();
    }
    if (spec instanceof AnswerSpec.Auto) {
      return new AnswerTokens.Auto();
    }
    Set<Integer> ids = new LinkedHashSet<>();
    for (PromptText answer : ((AnswerSpec.Given) spec).answers()) {
      int id =
          answer instanceof PromptText.Ids given
              ? givenId(role, given.ids())
              : idOf(role, ((PromptText.Text) answer).text(), clean);
      if (id < 0 || id >= vocabularySize) {
        throw new UnusablePair(
            PairStatus.INVALID,
            "the %s has token id %d, but the model's vocabulary has ids 0 to %d"
                .formatted(role, id, vocabularySize - 1));
      }
      ids.add(id);
    }
    return new AnswerTokens.Known(List.copyOf(ids));
  }

  private static int givenId(String role, List<Integer> ids) throws UnusablePair {
    if (ids.size() != 1) {
      throw new UnusablePair(
          PairStatus.ANSWER_NOT_ONE_TOKEN,
          "the " + role + " " + ids + " has " + ids.size() + " token ids; give exactly one");
    }
    return ids.get(0);
  }

  private int idOf(String role, String answer, EncodedPrompt clean) throws UnusablePair {
    Optional<TokenSequence> continuation = continuation(answer, clean);
    String named = role + " " + Quote.text(answer);
    if (continuation.isEmpty()) {
      throw notOneToken(
          "%s does not continue the tokens of the clean prompt but changes them; %s"
              .formatted(
                  named, mending(answer, clean).orElse("give its token as " + role + "_id")));
    }
    TokenSequence tokens = continuation.get();
    if (tokens.length() == 0) {
      throw notOneToken(
          named + " adds no token to the clean prompt; write the text that follows it");
    }
    if (tokens.length() > 1 && policy == AnswerTokenPolicy.ONE) {
      throw notOneToken(
          "%s %s %d tokens, %s; %s, or set prompts.answer-token = first"
              .formatted(
                  named,
                  clean.givenAsIds() ? "is" : "continues the clean prompt by",
                  tokens.length(),
                  Quote.tokens(tokens.texts()),
                  mending(answer, clean).orElse("give one of a single token")));
    }
    return tokens.ids().get(0);
  }

  /** The tokens the answer adds; empty if it changes those of the prompt. */
  private Optional<TokenSequence> continuation(String answer, EncodedPrompt clean)
      throws UnusablePair {
    if (clean.givenAsIds()) {
      return Optional.of(encoder.encode(answer, BosPolicy.NEVER).tokens());
    }
    TokenSequence prompt = clean.encoding().map(EncodedText::body).orElse(clean.tokens());
    TokenSequence whole = encoder.encode(clean.text() + answer, bos).body();
    int start = prompt.length();
    if (whole.length() < start || !whole.ids().subList(0, start).equals(prompt.ids())) {
      return Optional.empty();
    }
    return Optional.of(
        new TokenSequence(
            whole.ids().subList(start, whole.length()),
            whole.texts().subList(start, whole.length())));
  }

  /** The usual slips are about a space: named only where that really mends this answer. */
  private Optional<String> mending(String answer, EncodedPrompt clean) throws UnusablePair {
    if (answer.isBlank()) {
      return Optional.empty();
    }
    String prompt = clean.text();
    if (!clean.givenAsIds() && prompt.length() > prompt.stripTrailing().length()) {
      return Optional.of("move the space from the end of the prompt to the front of the answer");
    }
    String stripped = answer.stripLeading();
    if (stripped.length() < answer.length()) {
      return isOneToken(stripped, clean)
          ? Optional.of("leave out the space before it: " + Quote.text(stripped))
          : Optional.empty();
    }
    String spaced = " " + answer;
    return isOneToken(spaced, clean)
        ? Optional.of("begin it with a space: " + Quote.text(spaced))
        : Optional.empty();
  }

  private boolean isOneToken(String answer, EncodedPrompt clean) throws UnusablePair {
    return continuation(answer, clean).map(tokens -> tokens.length() == 1).orElse(false);
  }

  private static UnusablePair notOneToken(String reason) {
    return new UnusablePair(PairStatus.ANSWER_NOT_ONE_TOKEN, reason);
  }
}
