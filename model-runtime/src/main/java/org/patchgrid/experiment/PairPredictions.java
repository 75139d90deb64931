package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.patchgrid.kernel.Gradients;
import org.patchgrid.metric.MetricReader;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Engine;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.TokenizedPair;

/** What a model predicts after both prompts of pairs: the runs of a study without its patches. */
public final class PairPredictions {
  private PairPredictions() {}

  /**
   * The most likely next token of a run; of equal ones the lowest.
   *
   * @param probability over the whole vocabulary
   */
  public record Prediction(int token, double probability) {}

  public record Predictions(Prediction clean, Prediction corrupted) {}

  /**
   * A pair with what was predicted.
   *
   * @param answers ids of the right answers; the clean run's prediction for {@code auto}
   * @param foils ids of the wrong ones; the corrupted run's prediction for {@code auto}
   * @param predictions empty for a pair that cannot be run, or whose logits are no numbers
   */
  public record CheckedPair(
      TokenizedPair pair,
      List<Integer> answers,
      List<Integer> foils,
      Optional<Predictions> predictions) {
    public CheckedPair {
      answers = List.copyOf(answers);
      foils = List.copyOf(foils);
    }
  }

  /**
   * Runs both prompts of every pair that can be run, those of one length together.
   *
   * @return one a pair, by their numbers
   */
  public static List<CheckedPair> of(
      LoadedModel model, List<PromptPair> pairs, BosPolicy bos, AnswerTokenPolicy policy) {
    Gradients.stop();
    List<CheckedPair> checked = new ArrayList<>();
    List<TokenizedPair> usable = new ArrayList<>();
    for (PromptPair pair : pairs) {
      TokenizedPair tokenized = model.tokenize(pair, bos, policy);
      if (tokenized.isUsable()) {
        usable.add(tokenized);
      } else {
        checked.add(
            new CheckedPair(
                tokenized,
                BaseRuns.known(tokenized.answer()),
                BaseRuns.known(tokenized.foil()),
                Optional.empty()));
      }
    }
    TokenizedPair.byLength(usable).forEach(alike -> checked.addAll(run(model, alike)));
    checked.sort(Comparator.comparingLong(pair -> pair.pair().pair().number()));
    return checked;
  }

  private static List<CheckedPair> run(LoadedModel model, List<TokenizedPair> pairs) {
    try (NDManager manager = model.newManager()) {
      Readout readout = model.readout(manager);
      List<PairStates> states =
          model
              .engine(Computation.of(Engine.WAVEFRONT), manager)
              .run(pairs.stream().map(pair -> new PairCells(pair, List.of())).toList());
      List<CheckedPair> checked = new ArrayList<>();
      for (int i = 0; i < pairs.size(); i++) {
        BaseRuns runs = BaseRuns.of(pairs.get(i), states.get(i), readout);
        checked.add(
            new CheckedPair(
                pairs.get(i),
                runs.answers(),
                runs.foils(),
                prediction(runs.cleanLogits())
                    .flatMap(
                        clean ->
                            prediction(runs.corruptedLogits())
                                .map(corrupted -> new Predictions(clean, corrupted)))));
      }
      return checked;
    }
  }

  private static Optional<Prediction> prediction(float[] logits) {
    return MetricReader.topToken(logits).stream()
        .mapToObj(top -> new Prediction(top, MetricReader.probabilities(logits)[top]))
        .findFirst();
  }
}
