package org.patchgrid.study;

import java.io.Serializable;

/**
 * How a task's runs are computed. With a kernel whose rows do not depend on each other nothing of
 * this changes a result.
 *
 * @param batchRows most patched rows of one forward pass; {@link #AUTO} leaves it to the engine
 * @param audit share of cells, 0 to 1, repeated one by one and compared; never changes a result
 */
public record Computation(Engine engine, int batchRows, double audit) implements Serializable {
  /** As many rows as run best. */
  public static final int AUTO = 0;

  public Computation {
    if (batchRows < AUTO) {
      throw new IllegalArgumentException("Invalid number of rows: " + batchRows);
    }
    if (!(audit >= 0 && audit <= 1)) {
      throw new IllegalArgumentException("Invalid audit share: " + audit);
    }
  }

  /** Without an audit. */
  public static Computation of(Engine engine) {
    return new Computation(engine, AUTO, 0);
  }
}
