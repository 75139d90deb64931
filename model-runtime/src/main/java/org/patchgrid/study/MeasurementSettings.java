package org.patchgrid.study;

import java.io.Serializable;
import java.util.List;
import org.patchgrid.metric.Metric;

/**
 * How pairs are read and what is measured: the part of a study that executors need beside sites.
 */
public record MeasurementSettings(
    List<Metric> metrics,
    Distances distances,
    BosPolicy bos,
    AnswerTokenPolicy answerToken,
    RequiredPrediction require)
    implements Serializable {
  public MeasurementSettings {
    metrics = List.copyOf(metrics);
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("At least one metric is needed");
    }
  }

  /** Whether some metric is read off every logit of a run. */
  public boolean needsVocabulary() {
    return metrics.stream()
        .anyMatch(
            metric ->
                !metric.isOfAnswers() && !(metric.isDistance() && distances == Distances.FACTOR));
  }

  /** Whether some metric is read by the unembedding's factor. */
  public boolean needsFactor() {
    return distances == Distances.FACTOR
        && !needsVocabulary()
        && metrics.stream().anyMatch(Metric::isDistance);
  }
}
