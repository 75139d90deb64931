package org.patchgrid.attribution;

import java.util.List;
import java.util.stream.IntStream;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchValue;

/**
 * At which runs gradients are taken.
 *
 * <p>Attribution patching (Nanda 2023): at the target run. Exact where the metric is linear in the
 * activation between target and source.
 *
 * <p>Integrated: the mean of the gradients along the straight line between the two prompts' input
 * embeddings, as EAP-IG has it (Hanna et al. 2024): of runs that no prompt has, from the target's
 * embeddings to the source's. They are taken in the middle of {@code steps} equal pieces (EAP-IG:
 * at one end of each), so that both directions use the same runs and none is the clean run itself.
 *
 * @param steps a study's: {@link PatchValue.Attribution#AT_TARGET}, or how many pieces
 */
public record AttributionMethod(int steps) {
  public AttributionMethod {
    if (steps < PatchValue.Attribution.AT_TARGET) {
      throw new IllegalArgumentException("Invalid number of steps: " + steps);
    }
  }

  boolean isAtTarget() {
    return steps == PatchValue.Attribution.AT_TARGET;
  }

  /**
   * Whether a metric has an estimate in this direction. A rank has no gradient. At the clean run
   * that of a distance to it is zero or undefined, whatever the model: noising by the target has no
   * estimate of {@code l2, mse, cosine, kl}.
   */
  public boolean estimates(Metric metric, PatchDirection direction) {
    boolean ofItself =
        isAtTarget()
            && direction == PatchDirection.NOISING
            && (metric.isDistance() || metric == Metric.KL);
    return metric.hasGradient() && !ofItself;
  }

  /**
   * The runs: each is the target run with its input embeddings moved this far to the source run's.
   * Their gradients are averaged.
   */
  List<Double> fractions() {
    return isAtTarget()
        ? List.of(0.0)
        : IntStream.range(0, steps).mapToObj(step -> (step + 0.5) / steps).toList();
  }
}
