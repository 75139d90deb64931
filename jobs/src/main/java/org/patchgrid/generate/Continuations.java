package org.patchgrid.generate;

import java.util.List;
import java.util.Optional;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.tokenize.PromptTokenizer;

/** How a tokenizer cuts texts that continue each other. */
record Continuations(PromptTokenizer tokenizer) {
  /** Those of {@code continuations} that add one token to {@code text} and leave its own alone. */
  List<String> ofOneToken(String text, List<String> continuations) {
    return continuations.stream().filter(more -> isOneToken(text, more)).toList();
  }

  private boolean isOneToken(String text, String more) {
    Optional<TokenSequence> whole = tokenizer.tokens(text + more);
    return whole.isPresent()
        && length(whole.get(), text).map(start -> whole.get().length() == start + 1).orElse(false);
  }

  /**
   * How many tokens {@code prefix} has; empty if it does not end where a token of the whole does.
   *
   * @param whole the tokens of a text that begins with {@code prefix}
   */
  private Optional<Integer> length(TokenSequence whole, String prefix) {
    if (prefix.isEmpty()) {
      return Optional.of(0);
    }
    return tokenizer
        .tokens(prefix)
        .map(TokenSequence::ids)
        .filter(ids -> ids.size() <= whole.length())
        .filter(ids -> whole.ids().subList(0, ids.size()).equals(ids))
        .map(List::size);
  }

  /** Where the tokens of {@code text} end that stand for its first {@code ends} characters. */
  Optional<List<Integer>> boundaries(String text, List<Integer> ends) {
    Optional<TokenSequence> whole = tokenizer.tokens(text);
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    List<Optional<Integer>> found =
        ends.stream().map(end -> length(whole.get(), text.substring(0, end))).toList();
    return found.stream().allMatch(Optional::isPresent)
        ? Optional.of(found.stream().flatMap(Optional::stream).toList())
        : Optional.empty();
  }
}
