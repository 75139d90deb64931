package org.patchgrid.tokenize;

import java.util.Optional;
import org.patchgrid.study.TokenSequence;

/**
 * One prompt of a pair, as far as it could be read.
 *
 * @param encoding what the tokenizer made of the text; for given ids only where it would have cut
 *     the decoded text into the same ids
 * @param leadingSpecials how many of the tokens stand before the text
 * @param givenAsIds whether the user gave ids and not text
 * @param problem why the prompt cannot be used
 */
record EncodedPrompt(
    String text,
    TokenSequence tokens,
    Optional<EncodedText> encoding,
    int leadingSpecials,
    boolean givenAsIds,
    Optional<String> problem) {

  static EncodedPrompt ofText(String text, EncodedText encoding) {
    return new EncodedPrompt(
        text,
        encoding.tokens(),
        Optional.of(encoding),
        encoding.leadingSpecials(),
        false,
        Optional.empty());
  }

  static EncodedPrompt ofIds(
      String text, TokenSequence tokens, Optional<EncodedText> encoding, int leadingSpecials) {
    return new EncodedPrompt(text, tokens, encoding, leadingSpecials, true, Optional.empty());
  }

  static EncodedPrompt unreadable(
      String text, TokenSequence tokens, boolean givenAsIds, String problem) {
    return new EncodedPrompt(text, tokens, Optional.empty(), 0, givenAsIds, Optional.of(problem));
  }
}
