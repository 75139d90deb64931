package org.patchgrid.conf;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.MeasurementSettings;

/**
 * A study as its file says it, with every default filled in. Paths stay as written.
 *
 * @param id the column {@code study_id}
 * @param sweeps by name, in alphabetical order, each name once
 * @param outputPath where results go; empty if neither the file nor the command line says
 */
public record StudyConfig(
    String id,
    ModelConfig model,
    PromptsConfig prompts,
    List<SweepConfig> sweeps,
    List<Metric> metrics,
    ExecutionConfig execution,
    Optional<String> outputPath) {
  /** The guide's metric; it needs no answer. */
  public static final List<Metric> DEFAULT_METRICS = List.of(Metric.L2);

  public StudyConfig {
    if (id.isBlank()) {
      throw new IllegalArgumentException("A study needs an id");
    }
    sweeps = List.copyOf(sweeps);
    metrics = List.copyOf(metrics);
    if (sweeps.isEmpty() || metrics.isEmpty()) {
      throw new IllegalArgumentException("A study needs a sweep and a metric: " + id);
    }
    for (int i = 1; i < sweeps.size(); i++) {
      if (sweeps.get(i - 1).name().compareTo(sweeps.get(i).name()) >= 0) {
        throw new IllegalArgumentException("Sweeps must be in the order of their names: " + id);
      }
    }
  }

  /** The same study with what was chosen for it in place of {@code auto}. */
  public StudyConfig resolved(
      Kernel kernel, Distances distances, int pairsPerTask, int sitesPerTask) {
    ExecutionConfig cut =
        new ExecutionConfig(
            execution.taskSeconds(),
            execution.batchRows(),
            execution.partitions(),
            execution.audit(),
            execution.engine(),
            Optional.of(kernel),
            Optional.of(distances),
            OptionalInt.of(pairsPerTask),
            OptionalInt.of(sitesPerTask));
    return new StudyConfig(id, model, prompts, sweeps, metrics, cut, outputPath);
  }

  /** The part that executors need beside sites. */
  public MeasurementSettings measurementSettings() {
    return new MeasurementSettings(
        metrics,
        execution.distances().orElse(Distances.LOGITS),
        prompts.bos(),
        prompts.answerToken(),
        prompts.require());
  }

  /**
   * The whole study as HOCON, every default included, in an order of its own: equal studies give
   * equal text, and reading the text gives an equal study.
   */
  public String render() {
    return StudyConfigWriter.write(this);
  }
}
