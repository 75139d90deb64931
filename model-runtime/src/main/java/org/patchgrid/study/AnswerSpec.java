package org.patchgrid.study;

import java.io.Serializable;
import java.util.List;

/** The right (or the wrong) answer of a pair, before the tokenizer has seen it. */
public sealed interface AnswerSpec extends Serializable {
  /** Not given: metrics that need it have no rows for this pair. */
  record None() implements AnswerSpec {}

  /** The top token of the clean run (of the corrupted run, for the foil); ties: the lowest id. */
  record Auto() implements AnswerSpec {}

  /** One or several texts or single token ids; several mean a group (contract, section 3). */
  record Given(List<PromptText> answers) implements AnswerSpec {
    public Given {
      answers = List.copyOf(answers);
      if (answers.isEmpty()) {
        throw new IllegalArgumentException("A given answer needs at least one text or token id");
      }
    }
  }
}
