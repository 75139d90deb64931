package org.patchgrid.study;

import java.io.Serializable;

/**
 * How far a metric's recoveries were from those in float32: absolute differences over audited
 * cells.
 *
 * @param rows how many were compared
 */
public record RecoveryError(long rows, double mean, double largest) implements Serializable {
  public static RecoveryError between(double recovery, double inFloat32) {
    double difference = Math.abs(recovery - inFloat32);
    return new RecoveryError(1, difference, difference);
  }

  public RecoveryError plus(RecoveryError other) {
    long all = rows + other.rows;
    return new RecoveryError(
        all, (rows * mean + other.rows * other.mean) / all, Math.max(largest, other.largest));
  }
}
