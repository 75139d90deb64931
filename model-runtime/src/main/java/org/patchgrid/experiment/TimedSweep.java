package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.patchgrid.metric.Metric;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.reference.FullBatchEngine;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Engine;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.RequiredPrediction;

/** One sweep on one pair, done and timed in any of the ways. Belongs to one thread. */
final class TimedSweep {
  private static final MeasurementSettings SETTINGS =
      new MeasurementSettings(
          List.of(Metric.LOGIT_DIFF),
          Distances.LOGITS,
          BosPolicy.TOKENIZER,
          AnswerTokenPolicy.ONE,
          RequiredPrediction.NONE);
  private static final List<Integer> BATCH_ROWS = List.of(8, 32, 128);
  private static final int WARM_UP_CELLS = 4;

  /** Compilers' seconds in a second of a wave below which the JVM counts as warm. */
  private static final double WARM = 0.03;

  private static final double LONGEST_WARM_UP_SECONDS = 10;

  /** What is faster is repeated, and the mean taken. */
  private static final double SHORTEST_SECONDS = 0.2;

  private final LoadedModel model;
  private final NDManager manager;
  private final Readout readout;
  private final PairCells all;
  private final int stride;
  private final PairCells sample;
  private int batchRows = BATCH_ROWS.get(0);

  TimedSweep(LoadedModel model, NDManager manager, PairCells all, int sampleCells) {
    this.model = model;
    this.manager = manager;
    this.readout = model.readout(manager);
    this.all = all;
    this.stride = stride(all.cells().size(), sampleCells);
    this.sample = everyNth(all, stride);
  }

  /**
   * @param seconds for all cells
   */
  record Run(double seconds, PairStates states) {}

  /** Coprime to the number of cells: or else it might meet the same few heads or positions only. */
  private static int stride(int cells, int sampleCells) {
    int stride = (cells + sampleCells - 1) / sampleCells;
    while (!BigInteger.valueOf(stride).gcd(BigInteger.valueOf(cells)).equals(BigInteger.ONE)) {
      stride++;
    }
    return stride;
  }

  private static PairCells everyNth(PairCells all, int stride) {
    List<PatchedCell> cells = all.cells();
    return new PairCells(
        all.pair(),
        IntStream.iterate(0, i -> i < cells.size(), i -> i + stride).mapToObj(cells::get).toList());
  }

  /** Rows of a batch of {@link SweepWay#FULL_BATCH}. */
  int batchRows() {
    return batchRows;
  }

  List<PatchedCell> cells(SweepWay way) {
    return work(way).cells();
  }

  private PairCells work(SweepWay way) {
    return way.canBeScaled() ? sample : all;
  }

  /** Lets the JVM and the library prepare what they use, and finds the best size of a batch. */
  void warmUp(Set<SweepWay> ways) {
    for (SweepWay way : ways) {
      run(way, first(WARM_UP_CELLS));
    }
    letCompilersFinish();
    if (ways.contains(SweepWay.FULL_BATCH)) {
      findBatchRows();
    }
  }

  /**
   * Runs whole waves. Where threads of arithmetic have all cores, a compiler that takes one of them
   * for a moment keeps the others waiting at the end of every product.
   */
  private void letCompilersFinish() {
    long begin = System.nanoTime();
    double share;
    do {
      long before = System.nanoTime();
      double compiled = compilerSeconds();
      time(SweepWay.WAVE);
      share = (compilerSeconds() - compiled) / secondsSince(before);
    } while (share > WARM && secondsSince(begin) < LONGEST_WARM_UP_SECONDS);
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) * 1e-9;
  }

  /** Of all compiler threads together since the JVM started; 0 where it only interprets. */
  private static double compilerSeconds() {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    return compiler == null ? 0 : compiler.getTotalCompilationTime() * 1e-3;
  }

  private void findBatchRows() {
    double best = Double.POSITIVE_INFINITY;
    int fastest = batchRows;
    for (int rows : BATCH_ROWS) {
      batchRows = rows;
      PairCells batch = first(rows);
      run(SweepWay.FULL_BATCH, batch); // shapes that are new to the library
      double secondsEach = time(SweepWay.FULL_BATCH, batch).seconds() / batch.cells().size();
      if (secondsEach < best) {
        best = secondsEach;
        fastest = rows;
      }
    }
    batchRows = fastest;
  }

  private PairCells first(int cells) {
    return new PairCells(all.pair(), all.cells().subList(0, Math.min(cells, all.cells().size())));
  }

  Run time(SweepWay way) {
    PairCells work = work(way);
    Run run = time(way, work);
    double scale = (double) way.forwards(all.cells().size()) / way.forwards(work.cells().size());
    return new Run(run.seconds() * scale, run.states());
  }

  private Run time(SweepWay way, PairCells cells) {
    long begin = System.nanoTime();
    int times = 0;
    while (true) {
      PairStates states = run(way, cells);
      times++;
      double seconds = secondsSince(begin);
      if (seconds >= SHORTEST_SECONDS) {
        return new Run(seconds / times, states);
      }
    }
  }

  private PairStates run(SweepWay way, PairCells cells) {
    PairStates states = engine(way).run(List.of(cells)).get(0);
    BaseRuns base = BaseRuns.of(cells.pair(), states, readout);
    List<float[]> patched = states.patched().stream().map(Optional::orElseThrow).toList();
    new PairMeasurements(base, readout, SETTINGS).values(patched);
    return states;
  }

  private PatchEngine engine(SweepWay way) {
    return switch (way) {
      case SEED -> fullBatch(1, FullBatchEngine.Traces.EVERY_BATCH);
      case PER_CELL -> model.engine(Computation.of(Engine.REFERENCE), manager);
      case FULL_BATCH -> fullBatch(batchRows, FullBatchEngine.Traces.ONCE);
      case WAVE -> model.engine(Computation.of(Engine.WAVEFRONT), manager);
    };
  }

  private PatchEngine fullBatch(int rows, FullBatchEngine.Traces traces) {
    return new FullBatchEngine(model.transformer(), manager, rows, traces);
  }

  /** Compares a run of {@code way} with one over all cells. */
  Agreement agreement(SweepWay way, Run run, Run overAll) {
    Agreement agreement =
        Agreement.of(run.states().clean(), overAll.states().clean())
            .and(Agreement.of(run.states().corrupted(), overAll.states().corrupted()));
    int step = way.canBeScaled() ? stride : 1;
    List<Optional<float[]>> patched = run.states().patched();
    for (int i = 0; i < patched.size(); i++) {
      agreement =
          agreement.and(
              Agreement.of(
                  patched.get(i).orElseThrow(),
                  overAll.states().patched().get(i * step).orElseThrow()));
    }
    return agreement;
  }
}
