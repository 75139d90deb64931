package org.patchgrid.study;

import java.io.Serializable;
import java.util.HashMap;
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

  public PromptSetStatistics {
    deviations = new HashMap<>(deviations); // Map.copyOf's have no stable serial form
    means = new HashMap<>(means);
  }

  /** The deviation of the embeddings of a label's tokens. */
  public double deviation(String label) {
    return Optional.ofNullable(deviations.get(label))
        .orElseThrow(() -> new IllegalStateException("No deviation is known of label " + label));
  }
}
