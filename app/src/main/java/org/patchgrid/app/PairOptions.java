package org.patchgrid.app;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenizedPair;
import picocli.CommandLine.Option;

/** The pair that {@code bench} and {@code conformance} run: one that is given, or a default. */
final class PairOptions {
  /** The first that suits the tokenizer is taken: 12 tokens on many models; words of atlas-6l. */
  private static final List<Prompts> DEFAULTS =
      List.of(
          new Prompts(
              "The large city of Paris is the capital of the country named",
              "The large city of Rome is the capital of the country named"),
          new Prompts(
              "When Laura and John went to the store, Laura gave a ring to",
              "When Laura and John went to the store, John gave a ring to"),
          new Prompts("Berlin is the capital of", "Rome is the capital of"));

  @Option(
      names = "--clean",
      paramLabel = "TEXT",
      description = "the clean prompt (default: one of 12 tokens or so)")
  private @Nullable String clean;

  @Option(
      names = "--corrupted",
      paramLabel = "TEXT",
      description = "the corrupted prompt (default: the same about another city)")
  private @Nullable String corrupted;

  private record Prompts(String clean, String corrupted) {
    TokenizedPair tokenize(LoadedModel model) {
      AnswerSpec top = new AnswerSpec.Auto();
      return model.tokenize(
          pair("terminal", clean, corrupted, top, top), BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);
    }
  }

  static PromptPair pair(
      String id, String clean, String corrupted, AnswerSpec answer, AnswerSpec foil) {
    return new PromptPair(
        0,
        id,
        new PromptText.Text(clean),
        new PromptText.Text(corrupted),
        answer,
        foil,
        Map.of(),
        Map.of());
  }

  boolean areGiven() {
    return clean != null || corrupted != null;
  }

  /**
   * The given prompts, or default ones of equal length in tokens.
   *
   * @throws PatchgridException if there are none, or the given ones cannot be used
   */
  TokenizedPair choose(LoadedModel model) {
    if (clean != null && corrupted != null) {
      return requireDifferent(requireUsable(new Prompts(clean, corrupted).tokenize(model)));
    }
    if (areGiven()) {
      throw new PatchgridException("--clean and --corrupted belong together: give both or neither");
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

  /**
   * @throws PatchgridException if it cannot be used
   */
  static TokenizedPair requireUsable(TokenizedPair pair) {
    if (!pair.isUsable()) {
      throw new PatchgridException(
          "Cannot use this pair (%s): %s; the tokens are %s and %s"
              .formatted(
                  pair.status().label(),
                  pair.reason().orElse(""),
                  pair.clean().texts(),
                  pair.corrupted().texts()));
    }
    return pair;
  }

  private static TokenizedPair requireDifferent(TokenizedPair pair) {
    if (pair.firstDifference().isEmpty()) {
      throw new PatchgridException(
          "--clean and --corrupted are the same tokens, so no patch has work to do: change one");
    }
    return pair;
  }

  /** Its tokens, two lines. */
  static void print(TokenizedPair pair, PrintWriter out) {
    out.println("clean      " + String.join(" ", pair.clean().texts()));
    out.println("corrupted  " + String.join(" ", pair.corrupted().texts()));
  }
}
