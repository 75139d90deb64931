package org.patchgrid.store;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.patchgrid.study.ActivationMean;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.MeanOver;
import org.patchgrid.study.PromptSetStatistics;

/**
 * The statistics of a prompt set as {@link StageFile#STATISTICS} has them, in the order of a
 * forward pass; every number with all of its bits.
 */
record StatisticsDocument(SortedMap<String, Double> deviations, List<Mean> means) {
  StatisticsDocument {
    deviations = new TreeMap<>(deviations);
    means = List.copyOf(means);
  }

  /**
   * @param component by its role's name
   */
  record Mean(
      String component, int layer, MeanOver over, String label, int position, List<Double> values) {
    Mean {
      values = List.copyOf(values);
      key(component, layer, over, label, position); // a file may say anything
    }

    private ActivationMean key() {
      return key(component, layer, over, label, position);
    }

    private static ActivationMean key(
        String component, int layer, MeanOver over, String label, int position) {
      Component named =
          Component.named(component)
              .orElseThrow(() -> new IllegalArgumentException("No component " + component));
      return new ActivationMean(new HookPoint(named, layer), over, label, position);
    }
  }

  static StatisticsDocument of(PromptSetStatistics statistics) {
    Comparator<ActivationMean> order =
        Comparator.comparing(ActivationMean::point, HookPoint.FORWARD_ORDER)
            .thenComparing(ActivationMean::over)
            .thenComparing(ActivationMean::label)
            .thenComparingInt(ActivationMean::position);
    List<Mean> means =
        statistics.means().entrySet().stream()
            .sorted(Map.Entry.comparingByKey(order))
            .map(entry -> mean(entry.getKey(), entry.getValue()))
            .toList();
    return new StatisticsDocument(new TreeMap<>(statistics.deviations()), means);
  }

  private static Mean mean(ActivationMean key, double[] values) {
    return new Mean(
        key.point().component().roleName(),
        key.point().layer(),
        key.over(),
        key.label(),
        key.position(),
        Arrays.stream(values).boxed().toList());
  }

  PromptSetStatistics statistics() {
    Map<ActivationMean, double[]> values = new HashMap<>();
    for (Mean mean : means) {
      values.put(mean.key(), mean.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
    return new PromptSetStatistics(deviations, values);
  }
}
