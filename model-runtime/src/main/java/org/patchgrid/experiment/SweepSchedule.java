package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Device;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;

/**
 * How the cells of some pairs of equal length are computed: what coincides, what needs no run, and
 * which rows run together. A pure function of the cells, so that no partitioning can change it.
 *
 * @param outcomes one list a pair, one outcome a cell
 */
record SweepSchedule(
    ModelStructure structure, int length, List<List<Outcome>> outcomes, List<Wave> waves) {
  /**
   * Tokens of a wave behind its last join. Enough that reading the weights costs nothing beside
   * them, and few enough that their activations stay in a processor's cache.
   */
  static final int LARGEST_WAVE_TOKENS = 2048;

  /** The same on a GPU, where starting an operation costs more than many tokens in it. */
  static final int LARGEST_GPU_WAVE_TOKENS = 32_768;

  SweepSchedule {
    outcomes = outcomes.stream().map(List::copyOf).toList();
    waves = List.copyOf(waves);
  }

  /**
   * Plans the runs, for the CPU.
   *
   * @param pairs of equal length, at least one
   * @param batchRows most patched rows of a wave; {@link Computation#AUTO}: as many as {@value
   *     #LARGEST_WAVE_TOKENS} tokens are
   */
  static SweepSchedule of(ModelStructure structure, List<PairCells> pairs, int batchRows) {
    return of(structure, pairs, batchRows, Device.CPU);
  }

  /** Plans the runs for a device: as above, with as many tokens in a wave as run best there. */
  static SweepSchedule of(
      ModelStructure structure, List<PairCells> pairs, int batchRows, Device device) {
    int length = pairs.get(0).length();
    List<List<Outcome>> outcomes = new ArrayList<>();
    WavePacking packing = new WavePacking(length, batchRows, largestWaveTokens(device));
    for (PairCells pair : pairs) {
      if (pair.length() != length) {
        throw new IllegalArgumentException(
            "Pairs of %d and %d tokens in one schedule".formatted(length, pair.length()));
      }
      PairOutcomes pairOutcomes = new PairOutcomes(structure, pair.pair());
      List<Outcome> ofPair = pair.cells().stream().map(pairOutcomes::of).toList();
      outcomes.add(ofPair);
      packing.add(pairOutcomes.firstDifference(), rows(ofPair));
    }
    return new SweepSchedule(structure, length, outcomes, packing.waves());
  }

  private static int largestWaveTokens(Device device) {
    return switch (device) {
      case CPU -> LARGEST_WAVE_TOKENS;
      case GPU -> LARGEST_GPU_WAVE_TOKENS;
    };
  }

  /** Each different row once, in the order of joining; equal places in the order of the cells. */
  private static List<Outcome.PatchedRow> rows(List<Outcome> outcomes) {
    return outcomes.stream()
        .filter(Outcome.PatchedRow.class::isInstance)
        .map(Outcome.PatchedRow.class::cast)
        .distinct()
        .sorted()
        .toList();
  }

  /** Fills one wave after the other. */
  private static final class WavePacking {
    private final int length;
    private final int batchRows;
    private final int largestWaveTokens;
    private final List<Wave> done = new ArrayList<>();
    private List<Wave.Pair> pairs = new ArrayList<>();
    private List<Wave.Row> rows = new ArrayList<>();
    private long tokens;
    private int pairsSeen;

    WavePacking(int length, int batchRows, int largestWaveTokens) {
      this.length = length;
      this.batchRows = batchRows;
      this.largestWaveTokens = largestWaveTokens;
    }

    void add(int firstDifference, List<Outcome.PatchedRow> runs) {
      Wave.Pair pair = new Wave.Pair(pairsSeen++, firstDifference);
      long all = runs.stream().mapToInt(this::tokens).sum();
      if (!rows.isEmpty() && !fits(all, runs.size())) {
        close();
      }
      open(pair);
      for (Outcome.PatchedRow run : runs) {
        if (!rows.isEmpty() && !fits(tokens(run), 1)) {
          close();
          open(pair);
        }
        rows.add(new Wave.Row(pairs.size() - 1, run));
        tokens += tokens(run);
      }
    }

    private void open(Wave.Pair pair) {
      pairs.add(pair);
      tokens += 2L * length - pair.firstDifference();
    }

    private boolean fits(long moreTokens, int moreRows) {
      return batchRows != Computation.AUTO
          ? rows.size() + moreRows <= batchRows
          : tokens + moreTokens <= largestWaveTokens;
    }

    /** Tokens of a row once its difference has spread. */
    private int tokens(Outcome.PatchedRow run) {
      int first =
          run.patches().stream().mapToInt(p -> p.positions().nextSetBit(0)).min().orElseThrow();
      return length - first;
    }

    private void close() {
      done.add(new Wave(length, pairs, inOrder(rows)));
      pairs = new ArrayList<>();
      rows = new ArrayList<>();
      tokens = 0;
    }

    private static List<Wave.Row> inOrder(List<Wave.Row> rows) {
      return rows.stream()
          .sorted((a, b) -> a.run().compareTo(b.run()))
          .toList(); // stable: equal places stay in the order of the pairs
    }

    List<Wave> waves() {
      if (!pairs.isEmpty()) {
        close();
      }
      return done;
    }
  }

  /** Cells of all pairs. */
  long cells() {
    return outcomes.stream().mapToLong(List::size).sum();
  }

  /** Patched runs that are computed. */
  long rows() {
    return waves.stream().mapToLong(wave -> wave.rows().size()).sum();
  }

  /**
   * Floating-point operations of all waves: two for each weight that a token meets, and those of
   * attention, without norms and activation functions. The unembedding counts for clean and
   * corrupted runs; whether patched runs need it is up to the metrics.
   */
  double operations() {
    return waves.stream().mapToDouble(this::operations).sum();
  }

  private double operations(Wave wave) {
    WaveRows rows = new WaveRows(wave);
    WaveTokens tokens = new WaveTokens(rows, structure.layers());
    double width = structure.modelWidth();
    double queryWidth = (double) structure.queryHeads() * structure.headWidth();
    double keyValueWidth = (double) structure.keyValueHeads() * structure.headWidth();
    double multiplications = 0;
    for (int layer = 0; layer < structure.layers(); layer++) {
      join(tokens, layer, Component.RESID_PRE, Component.INPUT_LAYERNORM);
      multiplications += tokens.current().size() * width * (queryWidth + 2 * keyValueWidth);
      join(tokens, layer, Component.Q_PROJ, Component.K_NORM);
      double scores = (double) length * length * queryWidth;
      multiplications += tokens.attending().size() * scores;
      join(tokens, layer, Component.PATTERN, Component.PATTERN);
      multiplications += tokens.attending().size() * scores;
      tokens.attend(layer);
      join(tokens, layer, Component.Z, Component.Z);
      multiplications += tokens.current().size() * queryWidth * width;
      join(tokens, layer, Component.O_PROJ, Component.POST_ATTENTION_LAYERNORM);
      multiplications += 2 * tokens.current().size() * width * structure.mlpWidth();
      join(tokens, layer, Component.GATE_PROJ, Component.ACT);
      multiplications += tokens.current().size() * width * structure.mlpWidth();
      join(tokens, layer, Component.DOWN_PROJ, Component.OUTPUT);
    }
    multiplications += rows.firstPatched() * width * structure.vocabularySize();
    return 2 * multiplications;
  }

  private static void join(WaveTokens tokens, int layer, Component first, Component last) {
    for (Component component : Component.values()) {
      if (component.compareTo(first) >= 0 && component.compareTo(last) <= 0) {
        tokens.join(new HookPoint(component, layer));
      }
    }
  }

  /** What it does with the cells, several lines. */
  String describe() {
    long target = count(Outcome.TargetRun.class);
    long source = count(Outcome.SourceRun.class);
    return String.format(
        Locale.ROOT,
        "%,d cells of %,d pairs of %d tokens: %,d are the target run, %,d the source run, %,d coincide with others%n"
            + "%,d patched rows in %,d waves, %.3g floating-point operations%n",
        cells(),
        outcomes.size(),
        length,
        target,
        source,
        cells() - target - source - rows(),
        rows(),
        waves.size(),
        operations());
  }

  private long count(Class<? extends Outcome> kind) {
    return outcomes.stream().flatMap(List::stream).filter(kind::isInstance).count();
  }
}
