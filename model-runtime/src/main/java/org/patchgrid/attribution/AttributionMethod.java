package org.patchgrid.attribution;

import java.util.List;
import java.util.stream.IntStream;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchValue;

/** At which runs gradients are taken. */
public sealed interface AttributionMethod {
  /** The method of a study's {@code steps}. */
  static AttributionMethod of(int steps) {
    return steps == PatchValue.Attribution.AT_TARGET ? new AtTarget() : new Integrated(steps);
  }

  /** Whether a metric has an estimate in this direction. */
  boolean estimates(Metric metric, PatchDirection direction);

  /**
   * The runs: each is the target run with its input embeddings moved this far to the source run's.
   * Their gradients are averaged.
   */
  List<Double> fractions();

  /**
   * Attribution patching (Nanda 2023): the gradient at the target run. Exact where the metric is
   * linear in the activation between target and source.
   */
  record AtTarget() implements AttributionMethod {
    /**
     * A rank has no gradient. At the clean run that of a distance to it is zero or undefined,
     * whatever the model: noising has no estimate of {@code l2, mse, cosine, kl}.
     */
    @Override
    public boolean estimates(Metric metric, PatchDirection direction) {
      boolean fromClean = metric.isDistance() || metric == Metric.KL;
      return metric.hasGradient() && !(fromClean && direction == PatchDirection.NOISING);
    }

    @Override
    public List<Double> fractions() {
      return List.of(0.0);
    }
  }

  /**
   * The mean of the gradients along the straight line between the two prompts' input embeddings, as
   * EAP-IG has it (Hanna et al. 2024): of runs that no prompt has, from the target's embeddings to
   * the source's. They are taken in the middle of {@code steps} equal pieces (EAP-IG: at one end of
   * each), so that both directions use the same runs and none is the clean run itself.
   */
  record Integrated(int steps) implements AttributionMethod {
    public Integrated {
      if (steps < 1) {
        throw new IllegalArgumentException("Invalid number of steps: " + steps);
      }
    }

    @Override
    public boolean estimates(Metric metric, PatchDirection direction) {
      return metric.hasGradient();
    }

    @Override
    public List<Double> fractions() {
      return IntStream.range(0, steps).mapToObj(step -> (step + 0.5) / steps).toList();
    }
  }
}
