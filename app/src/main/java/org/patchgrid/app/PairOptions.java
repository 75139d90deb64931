package org.patchgrid.app;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenizedPair;

/** The prompts that {@code bench} and {@code conformance} run. */
final class BenchPair {
  /** The first that suits the tokenizer is taken: 12 tokens on many models; words of atlas-6l. */
  private static final List<BenchPair> DEFAULTS =
      List.of(
          new BenchPair(
              "The large city of Paris is the capital of the country named",
              "The large city of Rome is the capital of the country named"),
          new BenchPair(
              "When Laura and John went to the store, Laura gave a ring to",
              "When Laura and John went to the store, John gave a ring to"),
          new BenchPair("Berlin is the capital of", "Rome is the capital of"));

  private final String clean;
  private final String corrupted;

  private BenchPair(String clean, String corrupted) {
    this.clean = clean;
    this.corrupted = corrupted;
  }

  /**
   * The given prompts, or default ones of equal length in tokens.
   *
   * @throws PatchgridException if there are none, or the given ones cannot be used
   */
  static TokenizedPair choose(
      LoadedModel model, Optional<String> clean, Optional<String> corrupted) {
    if (clean.isPresent() != corrupted.isPresent()) {
      throw new PatchgridException("--clean and --corrupted belong together: give both or neither");
    }
    if (clean.isPresent()) {
      return requireUsable(new BenchPair(clean.get(), corrupted.orElseThrow()).tokenize(model));
    }
    return DEFAULTS.stream()
        .map(pair -> pair.tokenize(model))
        .filter(pair -> pair.isUsable() && pair.firstDifference().isPresent())
        .findFirst()
        .orElseThrow(
            () ->
                new PatchgridException(
                    "Cannot use the default prompts on %s, which cuts each pair of them into unequally many tokens: give --clean and --corrupted"
                        .formatted(model.structure().name())));
  }

  private static TokenizedPair requireUsable(TokenizedPair pair) {
    if (!pair.isUsable()) {
      throw new PatchgridException(
          "Cannot use this pair (%s): %s; the tokens are %s and %s"
              .formatted(
                  pair.status().label(),
                  pair.reason().orElse(""),
                  pair.clean().texts(),
                  pair.corrupted().texts()));
    }
    if (pair.firstDifference().isEmpty()) {
      throw new PatchgridException(
          "--clean and --corrupted are the same tokens, so no patch has work to do: change one");
    }
    return pair;
  }

  private TokenizedPair tokenize(LoadedModel model) {
    PromptPair pair =
        new PromptPair(
            0,
            "terminal",
            new PromptText.Text(clean),
            new PromptText.Text(corrupted),
            new AnswerSpec.Auto(),
            new AnswerSpec.Auto(),
            Map.of(),
            Map.of());
    return model.tokenize(pair, BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);
  }
}
