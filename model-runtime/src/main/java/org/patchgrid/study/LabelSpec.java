package org.patchgrid.study;

import java.io.Serializable;

/** How a prompt set marks a span of a pair. */
public sealed interface LabelSpec extends Serializable {
  /** The text the span has in each prompt, found by the tokenizer's offsets. */
  record Text(String clean, String corrupted) implements LabelSpec {
    public Text {
      if (clean.isEmpty() || corrupted.isEmpty()) {
        throw new IllegalArgumentException("A label's text must not be empty");
      }
    }
  }

  /** A range of token positions, BOS included. */
  record Tokens(TokenSpan span) implements LabelSpec {}

  /**
   * A range of tokens counted from the first one of the prompt's text, whatever the tokenizer or
   * {@code prompts.bos} puts before it.
   */
  record TextTokens(TokenSpan span) implements LabelSpec {}
}
