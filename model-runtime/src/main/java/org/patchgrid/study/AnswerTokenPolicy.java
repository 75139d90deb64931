package org.patchgrid.study;

/** What to do with an answer of several tokens. */
public enum AnswerTokenPolicy {
  /** The answer must be one token; otherwise the pair is {@code answer_not_one_token}. */
  ONE,
  /** The answer's first token stands for it. */
  FIRST
}
