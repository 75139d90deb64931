package org.patchgrid.tokenize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSequence;

/** Reads one prompt of a pair, given as text or as ids. */
record PromptReader(TextEncoder encoder, int vocabularySize) {
  private static final TokenSequence NO_TOKENS = new TokenSequence(List.of(), List.of());

  /**
   * @param which "clean" or "corrupted", for the messages
   */
  EncodedPrompt read(String which, PromptText prompt, BosPolicy bos) {
    EncodedPrompt read =
        prompt instanceof PromptText.Ids given
            ? readIds(which, given.ids())
            : readText(which, ((PromptText.Text) prompt).text(), bos);
    if (read.problem().isEmpty() && read.tokens().length() == 0) {
      return EncodedPrompt.unreadable(
          read.text(), NO_TOKENS, read.givenAsIds(), "the " + which + " prompt has no tokens");
    }
    return read;
  }

  private EncodedPrompt readText(String which, String text, BosPolicy bos) {
    if (text.isBlank()) {
      // With a BOS token it would have tokens, and a run that says nothing.
      return EncodedPrompt.unreadable(
          text, NO_TOKENS, false, "the " + which + " prompt is empty; give it a text");
    }
    EncodedText encoding;
    try {
      encoding = encoder.encode(text, bos);
    } catch (UnusablePair problem) {
      return EncodedPrompt.unreadable(
          text, NO_TOKENS, false, "the " + which + " prompt: " + problem.reason());
    }
    TokenSequence tokens = encoding.tokens();
    Optional<Integer> foreign = foreignId(tokens.ids());
    if (foreign.isPresent()) {
      return EncodedPrompt.unreadable(text, tokens, false, foreign(which, foreign.get()));
    }
    return EncodedPrompt.ofText(text, encoding);
  }

  private EncodedPrompt readIds(String which, List<Integer> ids) {
    TokenSequence tokens = new TokenSequence(ids, ids.stream().map(encoder::spelling).toList());
    Optional<Integer> foreign = foreignId(ids);
    if (foreign.isPresent()) {
      return EncodedPrompt.unreadable("", tokens, true, foreign(which, foreign.get()));
    }
    int leading = encoder.leadingSpecials(ids);
    List<Integer> body = ids.subList(leading, ids.size());
    String text = encoder.decode(body);
    return EncodedPrompt.ofIds(text, tokens, encodingOf(text, tokens, body), leading);
  }

  /** Offsets exist only where the tokenizer cuts the decoded text into these very ids. */
  private Optional<EncodedText> encodingOf(String text, TokenSequence tokens, List<Integer> body) {
    EncodedText again;
    try {
      again = encoder.encode(text, BosPolicy.NEVER);
    } catch (UnusablePair unreadable) {
      return Optional.empty();
    }
    if (!again.tokens().ids().equals(body)) {
      return Optional.empty();
    }
    List<CharRange> ranges =
        new ArrayList<>(Collections.nCopies(tokens.length() - body.size(), CharRange.NONE));
    ranges.addAll(again.ranges());
    return Optional.of(new EncodedText(tokens, ranges, tokens.length() - body.size(), 0));
  }

  private Optional<Integer> foreignId(List<Integer> ids) {
    return ids.stream().filter(id -> id < 0 || id >= vocabularySize).findFirst();
  }

  private String foreign(String which, int id) {
    return "the %s prompt has token id %d, but the model's vocabulary has ids 0 to %d"
        .formatted(which, id, vocabularySize - 1);
  }
}
