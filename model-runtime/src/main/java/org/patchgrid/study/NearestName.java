package org.patchgrid.study;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a user probably meant. */
public final class NearestName {
  private NearestName() {}

  /**
   * {@code "did you mean 'x'?"}, or the list of what is known when nothing is near.
   *
   * @param owner what has the known names, for the list: {@code "prompts has path, bos"}
   */
  public static String hint(String name, String owner, Collection<String> known) {
    return of(name, known)
        .map(nearest -> "did you mean '" + nearest + "'?")
        .orElseGet(() -> owner + " has " + String.join(", ", known));
  }

  /** What is known, then the name that was probably meant: {@code "a, b; did you mean 'b'?"}. */
  public static String list(String name, Collection<String> known) {
    return String.join(", ", known) + question(name, known);
  }

  /** {@code "; did you mean 'x'?"}, or nothing when nothing is near. */
  public static String question(String name, Collection<String> known) {
    return of(name, known).map(nearest -> "; did you mean '" + nearest + "'?").orElse("");
  }

  /**
   * The known name with the fewest edits to {@code name}, if they are at most a third of its
   * characters; the first of equals.
   */
  public static Optional<String> of(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .filter(nearest -> distance(name, nearest) <= Math.max(1, name.length() / 3));
  }

  /** Letters inserted, deleted, replaced and neighbours swapped; upper and lower case alike. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] beforeThat = new int[b.length() + 1];
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
        if (isSwap(a, i, b, j)) {
          current[j] = Math.min(current[j], 1 + beforeThat[j - 2]);
        }
      }
      beforeThat = previous;
      previous = current;
    }
    return previous[b.length()];
  }

  private static boolean isSwap(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
