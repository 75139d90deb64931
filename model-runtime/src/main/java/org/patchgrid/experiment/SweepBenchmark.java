package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntConsumer;
import org.patchgrid.kernel.GemmRate;
import org.patchgrid.kernel.Gradients;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.study.Computation;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.wave.SweepSchedule;

/**
 * Times the ways to do a sweep on one pair: the same kernels, threads and prompts, and each way in
 * every round, so that another program's load falls on all of them.
 *
 * <p>What is timed is what a study of logit differences does: the runs, and the answers' logits of
 * every different state. The plain ways are given the benefit of the doubt: no logits of a trace,
 * none of a position but the last.
 *
 * @see SweepWay
 */
public final class SweepBenchmark {
  private final LoadedModel model;
  private final int rounds;
  private final int sampleCells;
  private final Set<SweepWay> ways;

  /**
   * @param ways the wave is timed whether it is among them or not: the others are compared with it
   * @param sampleCells about how many cells the slow ways are timed on at most; their times are
   *     scaled to all
   */
  public SweepBenchmark(LoadedModel model, Set<SweepWay> ways, int rounds, int sampleCells) {
    if (rounds < 1 || sampleCells < 1) {
      throw new IllegalArgumentException(
          "Invalid benchmark: %d rounds, %d cells".formatted(rounds, sampleCells));
    }
    this.model = model;
    this.rounds = rounds;
    this.sampleCells = sampleCells;
    this.ways = EnumSet.copyOf(ways);
    this.ways.add(SweepWay.WAVE);
  }

  /**
   * Times one sweep.
   *
   * @param pair a usable one
   * @param sites at least one
   * @param roundBegins told the number of each round, from 1
   */
  public SweepTimes run(TokenizedPair pair, List<SweepSite> sites, IntConsumer roundBegins) {
    Gradients.stop();
    SiteExpansion expansion = new SiteExpansion(model.structure());
    PairCells cells =
        new PairCells(
            pair, sites.stream().flatMap(site -> expansion.cells(site, pair).stream()).toList());
    try (NDManager manager = model.newManager()) {
      TimedSweep sweep = new TimedSweep(model, manager, cells, sampleCells);
      sweep.warmUp(ways);
      GemmRate gemm = GemmRate.measure(manager, model.structure());
      Map<SweepWay, List<TimedSweep.Run>> runs = new EnumMap<>(SweepWay.class);
      for (int round = 1; round <= rounds; round++) {
        roundBegins.accept(round);
        gemm = gemm.best(GemmRate.measure(manager, model.structure()));
        for (SweepWay way : ways) {
          runs.computeIfAbsent(way, key -> new ArrayList<>()).add(sweep.time(way));
        }
      }
      double operations =
          SweepSchedule.of(model.structure(), List.of(cells), Computation.AUTO).operations();
      return new SweepTimes(
          cells.cells().size(), operations, sweep.batchRows(), gemm, times(sweep, runs));
    }
  }

  private static List<SweepTimes.OfWay> times(
      TimedSweep sweep, Map<SweepWay, List<TimedSweep.Run>> runs) {
    List<TimedSweep.Run> wave = Objects.requireNonNull(runs.get(SweepWay.WAVE));
    List<SweepTimes.OfWay> times = new ArrayList<>();
    runs.forEach(
        (way, ofWay) -> {
          Agreement agreement = Agreement.FULL;
          for (int round = 0; round < ofWay.size(); round++) {
            agreement = agreement.and(sweep.agreement(way, ofWay.get(round), wave.get(round)));
          }
          times.add(
              new SweepTimes.OfWay(
                  way,
                  sweep.cells(way).size(),
                  ofWay.stream().map(TimedSweep.Run::seconds).toList(),
                  agreement));
        });
    return times;
  }
}
