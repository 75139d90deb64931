package org.patchgrid.study;

import java.util.List;

/** The right (or the wrong) answer of a pair as tokens. */
public sealed interface AnswerTokens {
  /** Not given. */
  record None() implements AnswerTokens {}

  /** To be read off the run: its top token. */
  record Auto() implements AnswerTokens {}

  /** One id, or several that count as a group. */
  record Known(List<Integer> ids) implements AnswerTokens {
    public Known {
      ids = List.copyOf(ids);
      if (ids.isEmpty()) {
        throw new IllegalArgumentException("A known answer needs at least one token id");
      }
    }
  }
}
