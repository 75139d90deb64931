package org.patchgrid.tokenize;

import java.util.List;
import org.patchgrid.study.TokenSequence;

/**
 * A text as the tokenizer cuts it.
 *
 * @param ranges the characters each token stands for, one a token
 * @param leadingSpecials how many tokens at the start were put before the text
 * @param trailingSpecials how many tokens at the end were appended by the tokenizer's
 *     post-processor
 */
record EncodedText(
    TokenSequence tokens, List<CharRange> ranges, int leadingSpecials, int trailingSpecials) {
  EncodedText {
    ranges = List.copyOf(ranges);
    if (ranges.size() != tokens.length()) {
      throw new IllegalArgumentException(
          tokens.length() + " tokens but " + ranges.size() + " ranges");
    }
  }

  /** All but the appended specials: what a longer text can continue. */
  TokenSequence body() {
    int end = tokens.length() - trailingSpecials;
    return new TokenSequence(tokens.ids().subList(0, end), tokens.texts().subList(0, end));
  }
}
