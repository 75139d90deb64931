package org.patchgrid.study;

import java.util.Optional;

/**
 * Names of token positions: the labels of a pair, and those that every pair has: {@code last}, and
 * {@code NAME.first} and {@code NAME.last} of each label.
 */
public final class Labels {
  private static final String LAST = "last";
  private static final String FIRST_SUFFIX = ".first";
  private static final String LAST_SUFFIX = ".last";

  private Labels() {}

  /** Whether {@code name} has a meaning of its own, so that no label of a user may bear it. */
  public static boolean isBuiltIn(String name) {
    return name.equals(LAST) || name.endsWith(FIRST_SUFFIX) || name.endsWith(LAST_SUFFIX);
  }

  /**
   * The positions that {@code name} stands for in this pair; empty if the pair has no such label.
   */
  public static Optional<TokenSpan> resolve(String name, TokenizedPair pair) {
    if (name.equals(LAST)) {
      int length = pair.clean().length();
      return length == 0 ? Optional.empty() : Optional.of(new TokenSpan(length - 1, length));
    }
    if (name.endsWith(FIRST_SUFFIX)) {
      return label(pair, withoutSuffix(name, FIRST_SUFFIX))
          .map(span -> new TokenSpan(span.start(), span.start() + 1));
    }
    if (name.endsWith(LAST_SUFFIX)) {
      return label(pair, withoutSuffix(name, LAST_SUFFIX))
          .map(span -> new TokenSpan(span.end() - 1, span.end()));
    }
    return label(pair, name);
  }

  private static Optional<TokenSpan> label(TokenizedPair pair, String name) {
    return Optional.ofNullable(pair.labels().get(name));
  }

  private static String withoutSuffix(String name, String suffix) {
    return name.substring(0, name.length() - suffix.length());
  }
}
