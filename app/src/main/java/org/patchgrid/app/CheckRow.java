package org.patchgrid.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchgrid.experiment.PairPredictions.CheckedPair;
import org.patchgrid.experiment.PairPredictions.Prediction;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.tokenize.PromptTokenizer;

/**
 * What {@code prompts check} says of a pair.
 *
 * @param answers how the vocabulary spells the right answers
 */
record CheckRow(
    TokenizedPair pair,
    List<Token> answers,
    List<Token> foils,
    Optional<Guess> clean,
    Optional<Guess> corrupted) {

  /** A token and how the vocabulary spells it. */
  record Token(int id, String text) {
    static List<Token> of(List<Integer> ids, PromptTokenizer tokenizer) {
      return ids.stream().map(id -> new Token(id, tokenizer.spelling(id))).toList();
    }
  }

  /**
   * The most likely next token.
   *
   * @param isExpected whether it is an answer (of the clean run) or a foil (of the corrupted one);
   *     empty if the pair has none
   */
  record Guess(Token token, double probability, Optional<Boolean> isExpected) {
    static Guess of(Prediction prediction, List<Integer> expected, PromptTokenizer tokenizer) {
      return new Guess(
          new Token(prediction.token(), tokenizer.spelling(prediction.token())),
          prediction.probability(),
          expected.isEmpty()
              ? Optional.empty()
              : Optional.of(expected.contains(prediction.token())));
    }
  }

  static CheckRow of(CheckedPair checked, PromptTokenizer tokenizer) {
    return new CheckRow(
        checked.pair(),
        Token.of(checked.answers(), tokenizer),
        Token.of(checked.foils(), tokenizer),
        checked.predictions().map(p -> Guess.of(p.clean(), checked.answers(), tokenizer)),
        checked
            .predictions()
            .filter(p -> checked.pair().hasCorrupted())
            .map(p -> Guess.of(p.corrupted(), checked.foils(), tokenizer)));
  }

  /** Named as the columns of the table {@code pairs} where it has them; null where undefined. */
  Map<String, @Nullable Object> columns() {
    Map<String, @Nullable Object> columns = new LinkedHashMap<>();
    columns.put("pair_id", pair.pair().id());
    columns.put("status", pair.status().label());
    columns.put("reason", pair.reason().orElse(null));
    columns.put("clean", pair.cleanText());
    columns.put("corrupted", pair.hasCorrupted() ? pair.corruptedText() : null);
    columns.put("clean_length", pair.clean().length());
    columns.put("corrupted_length", pair.hasCorrupted() ? pair.corrupted().length() : null);
    boolean differs = pair.firstDifference().isPresent();
    columns.put("first_difference", differs ? pair.firstDifference().getAsInt() : null);
    columns.put("answer_ids", answers.stream().map(Token::id).toList());
    columns.put("answer_tokens", answers.stream().map(Token::text).toList());
    columns.put("foil_ids", foils.stream().map(Token::id).toList());
    columns.put("foil_tokens", foils.stream().map(Token::text).toList());
    put(columns, "clean", "is_answer", clean);
    put(columns, "corrupted", "is_foil", corrupted);
    columns.put("labels", spans(pair.labels()));
    return columns;
  }

  private static void put(
      Map<String, @Nullable Object> columns, String run, String expected, Optional<Guess> guess) {
    columns.put(run + "_top1", guess.map(g -> g.token().id()).orElse(null));
    columns.put(run + "_top1_token", guess.map(g -> g.token().text()).orElse(null));
    columns.put(run + "_top1_prob", guess.map(Guess::probability).orElse(null));
    columns.put(run + "_top1_" + expected, guess.flatMap(Guess::isExpected).orElse(null));
  }

  private static Map<String, List<Integer>> spans(Map<String, TokenSpan> labels) {
    Map<String, List<Integer>> spans = new LinkedHashMap<>();
    labels.forEach((name, span) -> spans.put(name, List.of(span.start(), span.end())));
    return spans;
  }
}
