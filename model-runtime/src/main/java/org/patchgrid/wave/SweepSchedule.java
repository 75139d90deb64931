package org.patchgrid.wave;

import java.util.ArrayList;
import java.util.List;
import org.patchgrid.patch.PairCells;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Device;
import org.patchgrid.study.ModelStructure;

/**
 * How the cells of some pairs of equal length are computed: what coincides, what needs no run, and
 * which rows run together. A pure function of the cells, so that no partitioning can change it.
 *
 * @param memory what waves take
 * @param outcomes one list a pair, one outcome a cell
 */
public record SweepSchedule(LayerMemory memory, List<List<Outcome>> outcomes, List<Wave> waves) {
  public SweepSchedule {
    outcomes = outcomes.stream().map(List::copyOf).toList();
    waves = List.copyOf(waves);
  }

  /**
   * Plans the runs, for the CPU.
   *
   * @param pairs of equal length, at least one
   * @param batchRows most patched rows of a wave; {@link Computation#AUTO}: as many as {@link
   *     WavePacking} allows, which always holds
   */
  public static SweepSchedule of(ModelStructure structure, List<PairCells> pairs, int batchRows) {
    return of(structure, pairs, batchRows, Device.CPU);
  }

  /** Plans the runs for a device: as above, in waves as large as run best there. */
  public static SweepSchedule of(
      ModelStructure structure, List<PairCells> pairs, int batchRows, Device device) {
    int length = pairs.get(0).length();
    List<List<Outcome>> outcomes = new ArrayList<>();
    List<Integer> firstDifferences = new ArrayList<>();
    for (PairCells pair : pairs) {
      if (pair.length() != length) {
        throw new IllegalArgumentException(
            "Pairs of %d and %d tokens in one schedule".formatted(length, pair.length()));
      }
      PairOutcomes pairOutcomes = new PairOutcomes(structure, pair);
      outcomes.add(pair.cells().stream().map(cell -> pairOutcomes.of(cell.run())).toList());
      firstDifferences.add(pairOutcomes.firstDifference());
    }
    LayerMemory memory = new LayerMemory(structure, length, device, writesPatterns(outcomes));
    WavePacking packing = new WavePacking(memory, batchRows, WaveSize.on(device));
    for (int pair = 0; pair < pairs.size(); pair++) {
      packing.add(firstDifferences.get(pair), rows(outcomes.get(pair)));
    }
    return new SweepSchedule(memory, outcomes, packing.waves());
  }

  private static boolean writesPatterns(List<List<Outcome>> outcomes) {
    return outcomes.stream()
        .flatMap(ofPair -> rows(ofPair).stream())
        .flatMap(row -> row.withThoseItTakesFrom().stream())
        .flatMap(row -> row.patches().stream())
        .anyMatch(patch -> patch.point().component() == Component.PATTERN);
  }

  public ModelStructure structure() {
    return memory.structure();
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

  /** What the process takes for the wave that needs most. */
  public long residentBytes() {
    return waves.stream()
        .mapToLong(
            wave ->
                memory.residentBytes(
                    wave.tokens(), AttendedTokens.most(wave, structure()), wave.joinsALayer()))
        .max()
        .orElseThrow();
  }

  /** Patched runs that are computed. */
  public long rows() {
    return waves.stream().mapToLong(wave -> wave.rows().size()).sum();
  }

  public double operations() {
    return operationsByKind().total();
  }

  /** Those of all waves, apart. */
  Operations operationsByKind() {
    return waves.stream()
        .map(wave -> Operations.of(wave, structure()))
        .reduce(Operations.NONE, Operations::plus);
  }
}
