package org.patchgrid.tokenize;

import java.util.List;

/**
 * What a tokenizer does with a sentence.
 *
 * @param added what it puts before and behind by default, as the vocabulary spells it
 * @param tokens of the sentence alone
 * @param decoded what the tokens spell
 */
public record TokenizerBehaviour(
    String sentence, List<String> added, List<String> tokens, String decoded) {
  public TokenizerBehaviour {
    added = List.copyOf(added);
    tokens = List.copyOf(tokens);
  }

  public boolean roundTrips() {
    return decoded.strip().equals(sentence);
  }
}
