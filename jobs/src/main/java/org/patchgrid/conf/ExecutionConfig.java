package org.patchgrid.conf;

import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Engine;
import org.patchgrid.study.Kernel;

/**
 * How a study is cut into tasks and run. An empty number is {@code auto}.
 *
 * @param taskSeconds nominal length of a task, in seconds of a nominal processor (see the planner)
 * @param batchRows most rows of one forward pass
 * @param partitions Spark partitions; never changes a result
 * @param audit share of cells, 0 to 1, repeated one by one and compared
 * @param kernel which numerical kernels compute; the driver's choice replaces {@code auto}
 * @param distances what distances are computed from; the planner's choice replaces {@code auto}
 * @param pairsPerTask pairs of one task; the planner's choice replaces {@code auto}
 * @param sitesPerTask sites of one task; the planner's choice replaces {@code auto}
 */
public record ExecutionConfig(
    double taskSeconds,
    OptionalInt batchRows,
    OptionalInt partitions,
    double audit,
    Engine engine,
    Optional<Kernel> kernel,
    Optional<Distances> distances,
    OptionalInt pairsPerTask,
    OptionalInt sitesPerTask) {
  public static final double DEFAULT_TASK_SECONDS = 30;
  public static final double DEFAULT_AUDIT = 0.001;
  public static final Engine DEFAULT_ENGINE = Engine.WAVEFRONT;

  public ExecutionConfig {
    if (!(taskSeconds > 0) || Double.isInfinite(taskSeconds)) {
      throw new IllegalArgumentException("Invalid task seconds: " + taskSeconds);
    }
    if (!(audit >= 0 && audit <= 1)) {
      throw new IllegalArgumentException("Invalid audit share: " + audit);
    }
    requirePositive(batchRows);
    requirePositive(partitions);
    requirePositive(pairsPerTask);
    requirePositive(sitesPerTask);
  }

  /** The part that executors need. */
  public Computation computation() {
    return new Computation(engine, batchRows.orElse(Computation.AUTO), audit);
  }

  private static void requirePositive(OptionalInt number) {
    if (number.isPresent() && number.getAsInt() < 1) {
      throw new IllegalArgumentException("Not a positive number: " + number.getAsInt());
    }
  }
}
