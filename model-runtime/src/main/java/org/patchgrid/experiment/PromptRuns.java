package org.patchgrid.experiment;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenizedPair;

/**
 * Single prompts on a model, for callers who say themselves what is kept and what is replaced.
 * Threads may share it.
 */
public final class PromptRuns {
  private final LoadedModel model;

  /**
   * @param model stays the caller's, who closes it after the last run
   */
  public PromptRuns(LoadedModel model) {
    this.model = model;
  }

  /**
   * The tokens of a prompt, with those that the tokenizer puts before it.
   *
   * @throws PatchgridException if the model cannot be run on them
   */
  public TokenSequence tokens(String text) {
    return tokenize(text, new AnswerSpec.None()).clean();
  }

  /**
   * The token by which an answer continues a prompt.
   *
   * @throws PatchgridException if it does not, or takes more than one
   */
  public int answerId(String text, String answer) {
    AnswerSpec given = new AnswerSpec.Given(List.of(new PromptText.Text(answer)));
    return ((AnswerTokens.Known) tokenize(text, given).answer()).ids().get(0);
  }

  private TokenizedPair tokenize(String text, AnswerSpec answer) {
    PromptText prompt = new PromptText.Text(text);
    PromptPair pair =
        new PromptPair(
            0, "prompt", prompt, prompt, answer, new AnswerSpec.None(), Map.of(), Map.of());
    TokenizedPair tokenized = model.tokenize(pair, BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);
    if (!tokenized.isUsable()) {
      throw new PatchgridException(
          "Cannot use \"%s\": %s".formatted(text, tokenized.reason().orElseThrow()));
    }
    return tokenized;
  }

  /** How the vocabulary spells a token. */
  public String spelling(int token) {
    return model.tokenizer().spelling(token);
  }

  /**
   * Runs the model once.
   *
   * @param kept hook points whose values, as the run goes on with them, can be read afterwards
   * @param replacements from a run's value, [token, width] row after row, to as many numbers; each
   *     is called once
   */
  public PromptRun run(
      TokenSequence tokens,
      Set<HookPoint> kept,
      Map<HookPoint, UnaryOperator<float[]>> replacements) {
    return new PromptRun(model, tokens, kept, replacements);
  }
}
