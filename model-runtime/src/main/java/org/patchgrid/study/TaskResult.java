package org.patchgrid.study;

import java.util.List;
import java.util.Map;
import org.patchgrid.metric.Metric;

/**
 * What a task measured.
 *
 * @param pairs one row a pair of the task, in the prompt set's order; empty unless {@link
 *     PatchTask#reportsPairs()}
 * @param measurements in {@link Measurement#ROW_ORDER}
 * @param cells how many patched runs the measurements come from
 * @param auditedCells how many of them were repeated one by one, and agreed
 * @param recoveryErrors what they tell of a study in another number type than float32; empty in
 *     float32
 */
public record TaskResult(
    List<PairResult> pairs,
    List<Measurement> measurements,
    long cells,
    long auditedCells,
    Map<Metric, RecoveryError> recoveryErrors) {
  public TaskResult {
    pairs = List.copyOf(pairs);
    measurements = List.copyOf(measurements);
    recoveryErrors = Map.copyOf(recoveryErrors);
  }
}
