package org.patchgrid.study;

import java.io.Serializable;

/**
 * How a task's runs are computed. With a kernel whose rows do not depend on each other nothing of
 * this changes a result.
 *
 * @param batchRows most patched rows of one forward pass; {@link #AUTO} leaves it to the engine
 */
public record Computation(Engine engine, int batchRows) implements Serializable {
  /** As many rows as run best. */
  public static final int AUTO = 0;

  public Computation {
    if (batchRows < AUTO) {
      throw new IllegalArgumentException("Invalid number of rows: " + batchRows);
    }
  }

  public static Computation of(Engine engine) {
    return new Computation(engine, AUTO);
  }
}
