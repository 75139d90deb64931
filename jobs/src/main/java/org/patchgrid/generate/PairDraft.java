package org.patchgrid.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;

/**
 * A pair that is being written: both prompts piece by piece, so that it is known where labels lie.
 * A piece begins with the space before it, as the tokens of most tokenizers do.
 */
final class PairDraft {
  private final StringBuilder clean = new StringBuilder();
  private final StringBuilder corrupted = new StringBuilder();
  private final List<String> labels = new ArrayList<>();
  private final List<Integer> cleanEnds = new ArrayList<>(); // start and end of each label
  private final List<Integer> corruptedEnds = new ArrayList<>();
  private final Map<String, String> tags = new TreeMap<>();
  private List<String> answers = List.of();
  private List<String> foils = List.of();

  /** A piece of both prompts. */
  PairDraft text(String both) {
    return text(both, both);
  }

  PairDraft text(String ofClean, String ofCorrupted) {
    clean.append(ofClean);
    corrupted.append(ofCorrupted);
    return this;
  }

  PairDraft label(String name, String both) {
    return label(name, both, both);
  }

  PairDraft label(String name, String ofClean, String ofCorrupted) {
    labels.add(name);
    mark();
    text(ofClean, ofCorrupted);
    mark();
    return this;
  }

  private void mark() {
    cleanEnds.add(clean.length());
    corruptedEnds.add(corrupted.length());
  }

  PairDraft answers(List<String> right, List<String> wrong) {
    answers = List.copyOf(right);
    foils = List.copyOf(wrong);
    return this;
  }

  PairDraft tag(String name, String value) {
    tags.put(name, value);
    return this;
  }

  /** Both prompts, which no two pairs of a set share. */
  String texts() {
    return clean + "\n" + corrupted;
  }

  /**
   * The pair with its labels as tokens of the text; empty if this tokenizer has a token across the
   * border of a label, or puts a label elsewhere in the corrupted prompt.
   */
  Optional<PromptPair> pair(long number, String id, Continuations tokens) {
    Optional<List<Integer>> bounds = tokens.boundaries(clean.toString(), cleanEnds);
    if (bounds.isEmpty()
        || !bounds.equals(tokens.boundaries(corrupted.toString(), corruptedEnds))) {
      return Optional.empty();
    }
    Map<String, LabelSpec> spans = new TreeMap<>();
    for (int i = 0; i < labels.size(); i++) {
      TokenSpan span = new TokenSpan(bounds.get().get(2 * i), bounds.get().get(2 * i + 1));
      spans.put(labels.get(i), new LabelSpec.TextTokens(span));
    }
    return Optional.of(
        new PromptPair(
            number,
            id,
            new PromptText.Text(clean.toString()),
            new PromptText.Text(corrupted.toString()),
            given(answers),
            given(foils),
            spans,
            tags));
  }

  private static AnswerSpec given(List<String> texts) {
    return new AnswerSpec.Given(texts.stream().<PromptText>map(PromptText.Text::new).toList());
  }
}
