package org.patchgrid.tokenize;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.TokenSequence;

/** Texts to tokens and back, by the native tokenizer. */
final class TextEncoder {
  private final HuggingFaceTokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final BosToken bosToken;
  private final List<Integer> leadingSpecials;

  TextEncoder(HuggingFaceTokenizer tokenizer, Vocabulary vocabulary, BosToken bosToken) {
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.bosToken = bosToken;
    this.leadingSpecials = leadingSpecials(tokenizer);
  }

  /**
   * @throws UnusablePair when the text is no text, or the tokenizer refuses it
   */
  EncodedText encode(String text, BosPolicy bos) throws UnusablePair {
    requireWholeCharacters(text);
    Encoding encoding = nativeEncode(tokenizer, text, bos != BosPolicy.NEVER);
    List<Integer> ids = new ArrayList<>(ids(encoding));
    List<String> texts = new ArrayList<>(Arrays.asList(encoding.getTokens()));
    List<CharRange> ranges = new ArrayList<>(ranges(text, encoding.getCharTokenSpans()));
    int leading = countLeading(encoding.getSpecialTokenMask());
    if (bos == BosPolicy.ALWAYS) {
      int id = bosToken.require();
      if (ids.isEmpty() || ids.get(0) != id) {
        ids.add(0, id);
        texts.add(0, spelling(id));
        ranges.add(0, CharRange.NONE);
        leading++;
      }
    }
    return new EncodedText(
        new TokenSequence(ids, texts),
        ranges,
        leading,
        countTrailing(encoding.getSpecialTokenMask()));
  }

  /** The text that these ids spell; no id may be negative. */
  String decode(List<Integer> ids) {
    return tokenizer.decode(ids.stream().mapToLong(Integer::longValue).toArray(), false);
  }

  /** How many tokens at the start of {@code ids} are those that this tokenizer would put there. */
  int leadingSpecials(List<Integer> ids) {
    int count = leadingSpecials.size();
    if (count > 0 && ids.size() >= count && ids.subList(0, count).equals(leadingSpecials)) {
      return count;
    }
    boolean beginsWithBos =
        bosToken.id().isPresent() && !ids.isEmpty() && ids.get(0) == bosToken.id().getAsInt();
    return beginsWithBos ? 1 : 0;
  }

  /** The token of an id as the vocabulary spells it; {@code [id]} for one without a token. */
  String spelling(int id) {
    return vocabulary.text(id).orElse("[" + id + "]");
  }

  private static List<Integer> leadingSpecials(HuggingFaceTokenizer tokenizer) {
    try {
      Encoding any = nativeEncode(tokenizer, "a", true);
      return ids(any).subList(0, countLeading(any.getSpecialTokenMask()));
    } catch (UnusablePair unknownLetter) {
      return List.of(); // only makes the decoded text of given ids begin with their specials
    }
  }

  private static Encoding nativeEncode(
      HuggingFaceTokenizer tokenizer, String text, boolean addSpecialTokens) throws UnusablePair {
    Encoding encoding;
    try {
      encoding = tokenizer.encode(text, addSpecialTokens, false);
    } catch (RuntimeException e) {
      // What the native library throws has no narrower type; it concerns this text alone, such as a
      // character outside a vocabulary without an unknown token.
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
      throw new UnusablePair(
          PairStatus.INVALID, "the tokenizer refuses " + Quote.text(text) + ": " + why);
    }
    if (!isWhole(encoding, text)) {
      throw new UnusablePair(
          PairStatus.INVALID,
          "the tokenizer does not say of every token of %s its id, its text and its place: tokenizer.json is damaged; download it again"
              .formatted(Quote.text(text)));
    }
    return encoding;
  }

  /** A template of special tokens may have other numbers of ids than of texts. */
  private static boolean isWhole(Encoding encoding, String text) {
    int tokens = encoding.getIds().length;
    int codePoints = text.codePointCount(0, text.length());
    return encoding.getTokens().length == tokens
        && encoding.getCharTokenSpans().length == tokens
        && encoding.getSpecialTokenMask().length == tokens
        && Arrays.stream(encoding.getIds()).allMatch(id -> id >= 0 && id <= Integer.MAX_VALUE)
        && Arrays.stream(encoding.getCharTokenSpans()).allMatch(span -> isInside(span, codePoints));
  }

  private static boolean isInside(@Nullable CharSpan span, int codePoints) {
    return span == null
        || (span.getStart() >= 0
            && span.getStart() <= span.getEnd()
            && span.getEnd() <= codePoints);
  }

  private static List<Integer> ids(Encoding encoding) {
    return Arrays.stream(encoding.getIds()).mapToObj(Math::toIntExact).toList();
  }

  /** The native library counts code points, Java counts UTF-16 units. */
  private static List<CharRange> ranges(String text, @Nullable CharSpan[] spans) {
    int[] indexOf = new int[text.codePointCount(0, text.length()) + 1];
    for (int i = 1; i < indexOf.length; i++) {
      indexOf[i] = text.offsetByCodePoints(indexOf[i - 1], 1);
    }
    List<CharRange> ranges = new ArrayList<>(spans.length);
    for (CharSpan span : spans) {
      ranges.add(
          span == null
              ? CharRange.NONE
              : new CharRange(indexOf[span.getStart()], indexOf[span.getEnd()]));
    }
    return ranges;
  }

  private static int countLeading(long[] specialTokenMask) {
    int count = 0;
    while (count < specialTokenMask.length && specialTokenMask[count] == 1) {
      count++;
    }
    return count;
  }

  private static int countTrailing(long[] specialTokenMask) {
    int leading = countLeading(specialTokenMask);
    int end = specialTokenMask.length;
    while (end > leading && specialTokenMask[end - 1] == 1) {
      end--;
    }
    return specialTokenMask.length - end;
  }

  private static void requireWholeCharacters(String text) throws UnusablePair {
    if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
      throw new UnusablePair(
          PairStatus.INVALID, Quote.text(text) + " holds half of a surrogate pair; mend the file");
    }
  }
}
