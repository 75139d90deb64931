package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenizedPair;

/** Pairs for tests. */
public final class TestPairs {
  private TestPairs() {}

  /** A pair of texts with an answer and a foil. */
  public static PromptPair ofTexts(
      long number, String id, String clean, String corrupted, String answer, String foil) {
    return new PromptPair(
        number,
        id,
        new PromptText.Text(clean),
        new PromptText.Text(corrupted),
        new AnswerSpec.Given(List.of(new PromptText.Text(answer))),
        new AnswerSpec.Given(List.of(new PromptText.Text(foil))),
        Map.of(),
        Map.of());
  }

  /** A pair whose prompts differ at these positions alone. */
  public static TokenizedPair differingAt(int length, Integer... positions) {
    List<Integer> clean = new ArrayList<>();
    List<Integer> corrupted = new ArrayList<>();
    for (int position = 0; position < length; position++) {
      clean.add(1);
      corrupted.add(List.of(positions).contains(position) ? 2 : 1);
    }
    return ofIds(clean, corrupted);
  }

  /** A pair that is already tokens; its texts are the ids. */
  public static TokenizedPair ofIds(List<Integer> clean, List<Integer> corrupted) {
    return TokenizedPair.ofIds("ids", clean, corrupted);
  }
}
