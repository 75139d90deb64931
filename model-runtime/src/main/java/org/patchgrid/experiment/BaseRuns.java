package org.patchgrid.experiment;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.metric.MetricReader;
import org.patchgrid.patch.PairStates;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.TokenizedPair;

/** What a pair's clean and corrupted run predict. */
final class BaseRuns {
  private final PairStates states;
  private final float[] cleanLogits; // [V]
  private final float[] corruptedLogits; // [V]
  private final List<Integer> answers;
  private final List<Integer> foils;

  private BaseRuns(
      PairStates states,
      float[] cleanLogits,
      float[] corruptedLogits,
      List<Integer> answers,
      List<Integer> foils) {
    this.states = states;
    this.cleanLogits = cleanLogits;
    this.corruptedLogits = corruptedLogits;
    this.answers = List.copyOf(answers);
    this.foils = List.copyOf(foils);
  }

  static BaseRuns of(TokenizedPair pair, PairStates states, Readout readout) {
    List<float[]> logits = readout.logits(List.of(states.clean(), states.corrupted()));
    return new BaseRuns(
        states,
        logits.get(0),
        logits.get(1),
        ids(pair.answer(), logits.get(0)),
        ids(pair.foil(), logits.get(1)));
  }

  /** What the unembedding reads of the clean run, [d_model]. */
  float[] clean() {
    return states.clean();
  }

  float[] corrupted() {
    return states.corrupted();
  }

  float[] cleanLogits() {
    return cleanLogits;
  }

  float[] corruptedLogits() {
    return corruptedLogits;
  }

  /** The right answers; the clean run's top token for {@code auto}. */
  List<Integer> answers() {
    return answers;
  }

  /** The wrong answers; the corrupted run's top token for {@code auto}. */
  List<Integer> foils() {
    return foils;
  }

  OptionalInt cleanTop1() {
    return MetricReader.topToken(cleanLogits);
  }

  OptionalInt corruptedTop1() {
    return MetricReader.topToken(corruptedLogits);
  }

  PairResult result(TokenizedPair pair, Optional<String> note) {
    return new PairResult(
        pair,
        first(answers),
        first(foils),
        cleanTop1(),
        pair.hasCorrupted() ? corruptedTop1() : OptionalInt.empty(),
        note);
  }

  private static List<Integer> ids(AnswerTokens answer, float[] logits) {
    return answer instanceof AnswerTokens.Auto
        ? MetricReader.topToken(logits).stream().boxed().toList()
        : known(answer);
  }

  static List<Integer> known(AnswerTokens answer) {
    return answer instanceof AnswerTokens.Known known ? known.ids() : List.of();
  }

  static OptionalInt first(List<Integer> ids) {
    return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(0));
  }
}
