package org.patchgrid.tokenize;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;

/** Pairs and files that the tests of this package read. */
record Pairs(
    PromptText clean,
    PromptText corrupted,
    AnswerSpec answer,
    AnswerSpec foil,
    Map<String, LabelSpec> labels) {
  static final Path ATLAS = Path.of(System.getProperty("patchgrid.root"), "data/models/atlas-6l");
  static final int ATLAS_VOCABULARY = 1699;

  static Pairs of(String clean, String corrupted) {
    return new Pairs(
        new PromptText.Text(clean),
        new PromptText.Text(corrupted),
        new AnswerSpec.None(),
        new AnswerSpec.None(),
        Map.of());
  }

  static Pairs of(List<Integer> clean, List<Integer> corrupted) {
    return new Pairs(
        new PromptText.Ids(clean),
        new PromptText.Ids(corrupted),
        new AnswerSpec.None(),
        new AnswerSpec.None(),
        Map.of());
  }

  static AnswerSpec texts(String... texts) {
    return new AnswerSpec.Given(
        List.of(texts).stream().map(text -> (PromptText) new PromptText.Text(text)).toList());
  }

  static AnswerSpec ids(Integer... ids) {
    return new AnswerSpec.Given(
        List.of(ids).stream().map(id -> (PromptText) new PromptText.Ids(List.of(id))).toList());
  }

  Pairs answer(AnswerSpec newAnswer) {
    return new Pairs(clean, corrupted, newAnswer, foil, labels);
  }

  Pairs foil(AnswerSpec newFoil) {
    return new Pairs(clean, corrupted, answer, newFoil, labels);
  }

  Pairs labels(Map<String, LabelSpec> newLabels) {
    return new Pairs(clean, corrupted, answer, foil, newLabels);
  }

  Pairs label(String name, String inClean, String inCorrupted) {
    return labels(Map.of(name, new LabelSpec.Text(inClean, inCorrupted)));
  }

  Pairs label(String name, int start, int end) {
    return labels(Map.of(name, new LabelSpec.Tokens(new TokenSpan(start, end))));
  }

  PromptPair pair() {
    return new PromptPair(0, "pair", clean, corrupted, answer, foil, labels, Map.of());
  }
}
