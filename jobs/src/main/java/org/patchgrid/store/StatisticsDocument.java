package org.patchgrid.store;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.patchgrid.study.ActivationMean;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.MeanOver;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptSetStatistics;

/**
 * The content of {@code stages/prompt-set.json}: the statistics of the prompt set that a study's
 * cells were computed with. It proves itself.
 *
 * @param fingerprint the study's
 * @param sha256 of {@code content} as one line of JSON
 */
record StatisticsDocument(String fingerprint, String sha256, Content content) {
  static final String DIRECTORY = "stages";
  static final String NAME = DIRECTORY + "/prompt-set.json";

  private static final String REMEDY = "restore it from a copy, or start again with another --out";

  /** In the order of a forward pass; every number with all of its bits. */
  record Content(SortedMap<String, Double> deviations, List<Mean> means) {
    Content {
      deviations = new TreeMap<>(deviations);
      means = List.copyOf(means);
    }
  }

  /**
   * One mean.
   *
   * @param component by its role's name
   */
  record Mean(
      String component, int layer, MeanOver over, String label, int position, List<Double> values) {
    Mean {
      values = List.copyOf(values);
    }
  }

  static StatisticsDocument of(String fingerprint, PromptSetStatistics statistics) {
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
    Content content = new Content(new TreeMap<>(statistics.deviations()), means);
    return new StatisticsDocument(fingerprint, hash(content), content);
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
    Map<ActivationMean, double[]> means = new HashMap<>();
    for (Mean mean : content.means()) {
      HookPoint point =
          new HookPoint(Component.named(mean.component()).orElseThrow(), mean.layer());
      means.put(
          new ActivationMean(point, mean.over(), mean.label(), mean.position()),
          mean.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
    return new PromptSetStatistics(content.deviations(), means);
  }

  /**
   * Reads the document, if the directory has it.
   *
   * @throws PatchgridException if it is damaged or another study's
   */
  static Optional<StatisticsDocument> read(ResultDirectory directory, String fingerprint)
      throws IOException {
    if (!directory.exists(NAME)) {
      return Optional.empty();
    }
    StatisticsDocument document =
        StoreJson.read(
            directory.read(NAME), StatisticsDocument.class, NAME, directory.toString(), REMEDY);
    if (!document.isSoundFor(fingerprint)) {
      throw new PatchgridException(
          "Cannot use '%s' in '%s': it was changed, or is another study's; %s"
              .formatted(NAME, directory, REMEDY));
    }
    return Optional.of(document);
  }

  private boolean isSoundFor(String study) {
    return fingerprint.equals(study) && sha256.equals(hash(content));
  }

  private static String hash(Content content) {
    return Sha256.of(StoreJson.line(content));
  }
}
