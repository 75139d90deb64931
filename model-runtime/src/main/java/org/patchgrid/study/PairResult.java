package org.patchgrid.study;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One row of the table {@code pairs}.
 *
 * @param tokenized the pair, with the status it ended with
 * @param answerId the token that stands for the answer (the first of a group)
 * @param cleanTop1 the most likely next token of the clean run, where it was run
 * @param note why a metric has no rows although the pair was measured
 */
public record PairResult(
    TokenizedPair tokenized,
    OptionalInt answerId,
    OptionalInt foilId,
    OptionalInt cleanTop1,
    OptionalInt corruptedTop1,
    Optional<String> note) {

  /** What the column {@code reason} says. */
  public Optional<String> reason() {
    return tokenized.reason().or(() -> note);
  }
}
