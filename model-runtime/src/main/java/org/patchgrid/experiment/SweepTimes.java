package org.patchgrid.experiment;

import java.util.List;
import org.patchgrid.kernel.GemmRate;

/**
 * How long each way to do a sweep took.
 *
 * @param cells of the sweep
 * @param operations floating-point operations that {@link SweepWay#WAVE} needs, as it counts them
 * @param batchRows rows of a batch of {@link SweepWay#FULL_BATCH}: the fastest of a few
 * @param gemm the machine's best rate during these rounds
 * @param ways all of them, in their order
 */
public record SweepTimes(
    int cells, double operations, int batchRows, GemmRate gemm, List<OfWay> ways) {
  public SweepTimes {
    ways = List.copyOf(ways);
  }

  /**
   * One way.
   *
   * @param measuredCells fewer than all if the times were scaled
   * @param seconds for all cells, one number a round
   * @param agreement with {@link SweepWay#WAVE}, over all rounds
   */
  public record OfWay(SweepWay way, int measuredCells, List<Double> seconds, Agreement agreement) {
    public OfWay {
      seconds = List.copyOf(seconds);
    }
  }

  public OfWay of(SweepWay way) {
    return ways.stream().filter(times -> times.way() == way).findFirst().orElseThrow();
  }
}
