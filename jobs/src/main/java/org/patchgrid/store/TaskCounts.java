package org.patchgrid.store;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.RecoveryError;
import org.patchgrid.study.TaskResult;

/**
 * What a task, or many tasks together, came to.
 *
 * @param cells patched runs
 * @param failedCells those of them that ended with an error
 * @param auditedCells those that were repeated one by one, and agreed; of tasks whose files were
 *     adopted it is not known, and they count as none
 * @param pairs number of pairs by {@link PairStatus#label()}; only of tasks that report pairs
 * @param rows number of measurements by {@link CellStatus#label()}
 * @param recoveryErrors how far audited cells were from float32, by {@link Metric#label()}; empty
 *     for a study in float32
 */
public record TaskCounts(
    long cells,
    long failedCells,
    long auditedCells,
    Map<String, Long> pairs,
    Map<String, Long> rows,
    Map<String, RecoveryError> recoveryErrors)
    implements Serializable {
  static final TaskCounts NONE = new TaskCounts(0, 0, 0, Map.of(), Map.of(), Map.of());

  public TaskCounts {
    pairs = Collections.unmodifiableMap(new TreeMap<>(pairs));
    rows = Collections.unmodifiableMap(new TreeMap<>(rows));
    recoveryErrors = Collections.unmodifiableMap(new TreeMap<>(recoveryErrors));
  }

  static TaskCounts of(TaskResult result) {
    Map<String, Long> pairCounts = new TreeMap<>();
    for (PairResult pair : result.pairs()) {
      pairCounts.merge(pair.tokenized().status().label(), 1L, Long::sum);
    }
    CellCounter cells = new CellCounter();
    result.measurements().forEach(cells::add);
    Map<String, RecoveryError> errors = new TreeMap<>();
    result.recoveryErrors().forEach((metric, error) -> errors.put(metric.label(), error));
    return cells.counts(pairCounts, result.auditedCells(), errors);
  }

  TaskCounts plus(TaskCounts other) {
    return new TaskCounts(
        cells + other.cells,
        failedCells + other.failedCells,
        auditedCells + other.auditedCells,
        merged(pairs, other.pairs, Long::sum),
        merged(rows, other.rows, Long::sum),
        merged(recoveryErrors, other.recoveryErrors, RecoveryError::plus));
  }

  private static <V> Map<String, V> merged(
      Map<String, V> one, Map<String, V> other, BinaryOperator<V> sum) {
    Map<String, V> merged = new TreeMap<>(one);
    other.forEach((name, value) -> merged.merge(name, value, sum));
    return merged;
  }

  /** Pairs that are listed but were not measured. */
  public long skippedPairs() {
    return totalPairs() - pairs.getOrDefault(PairStatus.OK.label(), 0L);
  }

  public long totalPairs() {
    return sum(pairs);
  }

  public long totalRows() {
    return sum(rows);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Counts rows that come in row order, where the rows of a cell are neighbours. */
  static final class CellCounter {
    private final Map<String, Long> rows = new TreeMap<>();
    private Optional<Cell> last = Optional.empty();
    private boolean lastFailed;
    private long cells;
    private long failed;

    void add(Measurement row) {
      rows.merge(row.status().label(), 1L, Long::sum);
      if (last.isEmpty() || !last.get().equals(row.cell())) {
        last = Optional.of(row.cell());
        lastFailed = false;
        cells++;
      }
      if (row.status() == CellStatus.FAILED && !lastFailed) {
        lastFailed = true;
        failed++;
      }
    }

    TaskCounts counts(
        Map<String, Long> pairs, long auditedCells, Map<String, RecoveryError> recoveryErrors) {
      return new TaskCounts(cells, failed, auditedCells, pairs, rows, recoveryErrors);
    }
  }
}
