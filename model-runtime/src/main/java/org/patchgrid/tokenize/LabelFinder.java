package org.patchgrid.tokenize;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.Labels;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.TokenSpan;

/** Finds the token positions of the labels of a pair whose prompts have equally many tokens. */
record LabelFinder(EncodedPrompt clean, EncodedPrompt corrupted) {
  private static final String GIVE_RANGE = "give its token range, such as [4, 5], instead";

  Map<String, TokenSpan> find(Map<String, LabelSpec> labels) throws UnusablePair {
    Map<String, TokenSpan> found = new TreeMap<>();
    for (Map.Entry<String, LabelSpec> label : labels.entrySet()) {
      String name = label.getKey();
      if (Labels.isBuiltIn(name)) {
        throw new UnusablePair(
            PairStatus.INVALID,
            "%s has a built-in name (last, NAME.first and NAME.last are): choose another name"
                .formatted(named(name)));
      }
      TokenSpan span = span(name, label.getValue());
      for (Map.Entry<String, TokenSpan> other : found.entrySet()) {
        if (span.overlaps(other.getValue())) {
          throw new UnusablePair(
              PairStatus.INVALID,
              "labels %s %s and %s %s overlap: remove or shorten one"
                  .formatted(
                      Quote.text(other.getKey()),
                      range(other.getValue()),
                      Quote.text(name),
                      range(span)));
        }
      }
      found.put(name, span);
    }
    return found;
  }

  private TokenSpan span(String name, LabelSpec label) throws UnusablePair {
    if (label instanceof LabelSpec.Tokens given) {
      return inside(name, given.span());
    }
    if (label instanceof LabelSpec.TextTokens given) {
      return inside(name, behindSpecials(name, given.span()));
    }
    LabelSpec.Text text = (LabelSpec.Text) label;
    TokenSpan inClean = covering(name, text.clean(), "clean", clean);
    TokenSpan inCorrupted = covering(name, text.corrupted(), "corrupted", corrupted);
    if (!inClean.equals(inCorrupted)) {
      throw missing(
          "%s covers tokens %s of the clean prompt and %s of the corrupted one; both must cover the same positions"
              .formatted(named(name), range(inClean), range(inCorrupted)));
    }
    return inClean;
  }

  private TokenSpan behindSpecials(String name, TokenSpan span) throws UnusablePair {
    int before = clean.leadingSpecials();
    if (before != corrupted.leadingSpecials()) {
      throw missing(
          "%s counts from the first token of the text, before which the clean prompt has %d special tokens and the corrupted one %d; %s"
              .formatted(named(name), before, corrupted.leadingSpecials(), GIVE_RANGE));
    }
    return new TokenSpan(before + span.start(), before + span.end());
  }

  private TokenSpan inside(String name, TokenSpan span) throws UnusablePair {
    int length = clean.tokens().length();
    if (span.end() > length) {
      throw missing(
          "%s is the token range %s, but the prompts have %d tokens, 0 to %d"
              .formatted(named(name), range(span), length, length - 1));
    }
    return span;
  }

  private static TokenSpan covering(String name, String label, String which, EncodedPrompt prompt)
      throws UnusablePair {
    List<CharRange> ranges = prompt.encoding().map(EncodedText::ranges).orElse(List.of());
    if (ranges.isEmpty()) {
      throw missing(
          "%s cannot be found by its text: the %s prompt is given by ids that the tokenizer would cut differently; %s"
              .formatted(named(name), which, GIVE_RANGE));
    }
    CharRange wanted = occurrence(name, label, which, prompt.text());
    int first = -1;
    int last = -1;
    for (int i = 0; i < ranges.size(); i++) {
      boolean isBlank = isMetaspace(prompt.tokens().texts().get(i));
      if (!isBlank && ranges.get(i).trimmed(prompt.text()).overlaps(wanted)) {
        first = first < 0 ? i : first;
        last = i;
      }
    }
    if (first < 0) {
      throw missing(
          "%s: no token of the %s prompt stands for %s; %s"
              .formatted(named(name), which, Quote.text(label), GIVE_RANGE));
    }
    return new TokenSpan(first, last + 1);
  }

  /**
   * White space around the label is not looked for in tokens: whether " France" is one token or a
   * space and a word, the label is the word.
   */
  private static CharRange occurrence(String name, String label, String which, String text)
      throws UnusablePair {
    int start = text.indexOf(label);
    if (start < 0) {
      throw missing(
          "%s: the %s prompt does not contain %s; correct the label's text"
              .formatted(named(name), which, Quote.text(label)));
    }
    if (text.indexOf(label, start + 1) >= 0) {
      throw missing(
          "%s: %s is ambiguous, since the %s prompt contains it more than once; %s"
              .formatted(named(name), Quote.text(label), which, GIVE_RANGE));
    }
    CharRange wanted = new CharRange(start, start + label.length()).trimmed(text);
    if (wanted.isEmpty()) {
      throw missing(named(name) + " is only white space; " + GIVE_RANGE);
    }
    return wanted;
  }

  /**
   * Llama-style tokenizers put a space before the text; its token claims the text's first letter.
   */
  private static boolean isMetaspace(String token) {
    return !token.isEmpty() && token.chars().allMatch(c -> c == '\u2581');
  }

  private static String named(String label) {
    return "label " + Quote.text(label);
  }

  private static String range(TokenSpan span) {
    return "[" + span.start() + ", " + span.end() + ")";
  }

  private static UnusablePair missing(String reason) {
    return new UnusablePair(PairStatus.LABEL_MISSING, reason);
  }
}
