package org.patchgrid.study;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a study needs to know of its whole prompt set before any cell: found by a stage of its own.
 *
 * @param deviations of the embeddings of each label's tokens, by label
 * @param means of activations, [width] each; not to be changed
 */
public record PromptSetStatistics(
    Map<String, Double> deviations, Map<ActivationMean, double[]> means) implements Serializable {
  /** Of studies that need nothing of the kind. */
  public static final PromptSetStatistics NONE = new PromptSetStatistics(Map.of(), Map.of());

  /** Means of ordinary activations are within this factor of each other. */
  private static final double MASSIVE = 5;

  public PromptSetStatistics {
    deviations = new HashMap<>(deviations); // Map.copyOf's have no stable serial form
    means = new HashMap<>(means);
  }

  /** The deviation of the embeddings of a label's tokens. */
  public double deviation(String label) {
    return Optional.ofNullable(deviations.get(label))
        .orElseThrow(() -> new IllegalStateException("No deviation is known of label " + label));
  }

  /**
   * Where the mean over all positions is mostly that of the first: its norm is many times that of
   * the mean over all others, in the order of a forward pass.
   */
  public List<HookPoint> spoiltByTheFirst() {
    return means.keySet().stream()
        .filter(mean -> mean.over() == MeanOver.ALL)
        .filter(mean -> means.containsKey(withoutTheFirst(mean)))
        .filter(mean -> norm(mean) > MASSIVE * norm(withoutTheFirst(mean)))
        .map(ActivationMean::point)
        .sorted(HookPoint.FORWARD_ORDER)
        .toList();
  }

  private static ActivationMean withoutTheFirst(ActivationMean mean) {
    return ActivationMean.at(mean.point(), MeanOver.ALL_BUT_FIRST, "", 0);
  }

  private double norm(ActivationMean mean) {
    double[] values = means.getOrDefault(mean, new double[0]);
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }
}
