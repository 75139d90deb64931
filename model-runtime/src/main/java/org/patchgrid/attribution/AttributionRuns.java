package org.patchgrid.attribution;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.Gradients;
import org.patchgrid.metric.Metric;
import org.patchgrid.metric.MetricGradient;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.transformer.Transformer;

/**
 * The runs behind the estimates of one pair in one direction: of every site {@code sum((source -
 * target) * gradient)}. At the target that is two forward passes, and one way back for each metric.
 *
 * <p>Belongs to one thread.
 */
public final class AttributionRuns {
  private final Transformer transformer;
  private final NDManager manager;
  private final Set<HookPoint> points;

  /**
   * @param transformer one that gradients go through
   * @param manager of the caller's; all that is made here is freed when a method returns
   * @param points where activations would be patched
   */
  public AttributionRuns(Transformer transformer, NDManager manager, Set<HookPoint> points) {
    this.transformer = transformer;
    this.manager = manager;
    this.points = Set.copyOf(points);
  }

  /**
   * Which way a pair is patched, and what is estimated.
   *
   * @param metrics those that the method does not {@link AttributionMethod#estimates estimate} are
   *     left out
   * @param answers ids of the right answers; empty if there are none
   * @param foils ids of the wrong answers
   */
  public record Question(
      TokenizedPair pair,
      PatchDirection direction,
      List<Metric> metrics,
      List<Integer> answers,
      List<Integer> foils) {
    public Question {
      metrics = List.copyOf(metrics);
      answers = List.copyOf(answers);
      foils = List.copyOf(foils);
    }

    boolean targetIsClean() {
      return direction == PatchDirection.NOISING;
    }

    TokenSequence source() {
      return targetIsClean() ? pair.corrupted() : pair.clean();
    }

    TokenSequence target() {
      return targetIsClean() ? pair.clean() : pair.corrupted();
    }
  }

  /** By metric, the change of the target run's value. */
  public Map<Metric, Attribution> estimate(Question question, AttributionMethod method) {
    Map<Metric, Attribution> attributions = new EnumMap<>(Metric.class);
    for (Metric metric : question.metrics()) {
      if (method.estimates(metric, question.direction())) {
        attributions.put(
            metric, new Attribution(transformer.structure(), question.target().length()));
      }
    }
    if (attributions.isEmpty()) {
      return attributions;
    }
    Gradients.stop();
    try (NDManager pair = manager.newSubManager()) {
      PlainRun source = run(pair, question.source());
      Optional<PlainRun> target =
          method.isAtTarget() ? Optional.empty() : Optional.of(run(pair, question.target()));
      List<Double> fractions = method.fractions();
      for (double fraction : fractions) {
        add(
            new Pass(pair, question, source, target),
            fraction,
            1.0 / fractions.size(),
            attributions);
      }
    }
    return attributions;
  }

  /** A run without a way back. */
  private static final class PlainRun {
    private final ActivationCache activations;
    private final float[] logits; // [V]

    PlainRun(ActivationCache activations, float[] logits) {
      this.activations = activations;
      this.logits = logits;
    }
  }

  private PlainRun run(NDManager owner, TokenSequence tokens) {
    Set<HookPoint> kept = new HashSet<>(points);
    kept.add(RecordedRun.INPUT);
    ActivationCache activations = new ActivationCache(owner, kept);
    try (NDManager scope = owner.newSubManager()) {
      return new PlainRun(activations, logits(scope, tokens, activations).toFloatArray());
    }
  }

  /** The logits at the last position, [1, V]. */
  private NDArray logits(NDManager scope, TokenSequence tokens, Hooks hooks) {
    return transformer.logits(transformer.forward(scope, tokens.ids(), hooks));
  }

  /**
   * One run with gradients.
   *
   * @param target empty where this run is the target itself
   */
  private record Pass(
      NDManager pair, Question question, PlainRun source, Optional<PlainRun> target) {
    float[] cleanLogits(float[] ofThisRun) {
      if (!question.targetIsClean()) {
        return source.logits;
      }
      return target.map(run -> run.logits).orElse(ofThisRun);
    }

    NDArray shift(NDManager scope, PlainRun of, double fraction) {
      NDArray from = of.activations.value(RecordedRun.INPUT);
      NDArray to = source.activations.value(RecordedRun.INPUT);
      try (NDArray difference = to.sub(from)) {
        NDArray shift = difference.mul(fraction);
        shift.attach(scope);
        return shift;
      }
    }

    float[] difference(HookPoint point, Function<HookPoint, NDArray> targetValue) {
      float[] difference = source.activations.value(point).toFloatArray();
      float[] subtracted = targetValue.apply(point).toFloatArray();
      for (int i = 0; i < difference.length; i++) {
        difference[i] -= subtracted[i];
      }
      return difference;
    }
  }

  /**
   * @param fraction how far the input is moved to the source's
   * @param weight of this run's gradients in the estimates
   */
  private void add(
      Pass pass, double fraction, double weight, Map<Metric, Attribution> attributions) {
    try (NDManager scope = pass.pair().newSubManager()) {
      RecordedRun run =
          new RecordedRun(scope, points, pass.target().map(of -> pass.shift(scope, of, fraction)));
      NDArray logits = Gradients.recorded(() -> logits(scope, pass.question().target(), run));
      float[] values = logits.toFloatArray();
      MetricGradient gradients =
          new MetricGradient(
              pass.cleanLogits(values), pass.question().answers(), pass.question().foils());
      Function<HookPoint, NDArray> targetValue =
          pass.target()
              .<Function<HookPoint, NDArray>>map(of -> of.activations::value)
              .orElse(run::value);
      Iterator<Map.Entry<Metric, Attribution>> estimates = attributions.entrySet().iterator();
      while (estimates.hasNext()) {
        Map.Entry<Metric, Attribution> estimate = estimates.next();
        Attribution attribution = estimate.getValue();
        run.backward(
            logits,
            gradients.of(estimate.getKey(), values),
            estimates.hasNext(),
            (point, gradient) ->
                attribution.add(point, pass.difference(point, targetValue), gradient, weight));
      }
    }
  }
}
