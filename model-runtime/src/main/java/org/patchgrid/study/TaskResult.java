package org.patchgrid.study;

import java.util.List;

/**
 * What a task measured.
 *
 * @param pairs one row a pair of the task, in the prompt set's order; empty unless {@link
 *     PatchTask#reportsPairs()}
 * @param measurements in {@link Measurement#ROW_ORDER}
 * @param cells how many patched runs the measurements come from
 * @param auditedCells how many of them were repeated one by one, and agreed
 */
public record TaskResult(
    List<PairResult> pairs, List<Measurement> measurements, long cells, long auditedCells) {
  public TaskResult {
    pairs = List.copyOf(pairs);
    measurements = List.copyOf(measurements);
  }
}
