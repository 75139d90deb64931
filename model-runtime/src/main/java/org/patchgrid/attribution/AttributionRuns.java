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
import org.patchgrid.study.TokenSequence;
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
   * @param source whose activations would be written
   * @param target the run that they would be written into, of the same length
   * @param targetIsClean whether distances are to the target run
   * @param metrics all of them with a gradient
   * @param answers ids of the right answers; empty if there are none
   * @param foils ids of the wrong answers
   */
  public record Question(
      TokenSequence source,
      TokenSequence target,
      boolean targetIsClean,
      List<Metric> metrics,
      List<Integer> answers,
      List<Integer> foils) {
    public Question {
      metrics = List.copyOf(metrics);
      answers = List.copyOf(answers);
      foils = List.copyOf(foils);
      if (source.length() != target.length()) {
        throw new IllegalArgumentException("Prompts of a pair have equal length");
      }
    }
  }

  /** The estimates, by metric. */
  public Map<Metric, Attribution> estimate(Question question, AttributionMethod method) {
    Map<Metric, Attribution> attributions = new EnumMap<>(Metric.class);
    question
        .metrics()
        .forEach(
            metric ->
                attributions.put(
                    metric, new Attribution(transformer.structure(), question.target().length())));
    if (attributions.isEmpty()) {
      return attributions;
    }
    Gradients.stop();
    try (NDManager pair = manager.newSubManager()) {
      PlainRun source = run(pair, question.source());
      if (method instanceof AttributionMethod.AtTarget) {
        new Pass(pair, question, source, Optional.empty(), attributions).add(0, 1);
      } else {
        PlainRun target = run(pair, question.target());
        List<Double> fractions = method.fractions();
        for (double fraction : fractions) {
          new Pass(pair, question, source, Optional.of(target), attributions)
              .add(fraction, 1.0 / fractions.size());
        }
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

  /** One run with gradients. */
  private final class Pass {
    private final NDManager pair;
    private final Question question;
    private final PlainRun source;
    private final Optional<PlainRun> target; // empty where this run is the target itself
    private final Map<Metric, Attribution> attributions;

    Pass(
        NDManager pair,
        Question question,
        PlainRun source,
        Optional<PlainRun> target,
        Map<Metric, Attribution> attributions) {
      this.pair = pair;
      this.question = question;
      this.source = source;
      this.target = target;
      this.attributions = attributions;
    }

    /**
     * @param fraction how far the input is moved to the source's
     * @param weight of this run's gradients in the estimates
     */
    void add(double fraction, double weight) {
      try (NDManager scope = pair.newSubManager()) {
        RecordedRun run =
            new RecordedRun(scope, points, target.map(of -> shift(scope, of, fraction)));
        NDArray logits = Gradients.recorded(() -> logits(scope, question.target(), run));
        float[] values = logits.toFloatArray();
        MetricGradient gradients =
            new MetricGradient(cleanLogits(values), question.answers(), question.foils());
        Function<HookPoint, NDArray> targetValue =
            target
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
                  attribution.add(point, difference(point, targetValue), gradient, weight));
        }
      }
    }

    private float[] cleanLogits(float[] ofThisRun) {
      if (!question.targetIsClean()) {
        return source.logits;
      }
      return target.map(run -> run.logits).orElse(ofThisRun);
    }

    private NDArray shift(NDManager scope, PlainRun of, double fraction) {
      NDArray from = of.activations.value(RecordedRun.INPUT);
      NDArray to = source.activations.value(RecordedRun.INPUT);
      try (NDArray difference = to.sub(from)) {
        NDArray shift = difference.mul(fraction);
        shift.attach(scope);
        return shift;
      }
    }

    /** Source minus target. */
    private float[] difference(HookPoint point, Function<HookPoint, NDArray> targetValue) {
      float[] difference = source.activations.value(point).toFloatArray();
      float[] subtracted = targetValue.apply(point).toFloatArray();
      for (int i = 0; i < difference.length; i++) {
        difference[i] -= subtracted[i];
      }
      return difference;
    }
  }
}
