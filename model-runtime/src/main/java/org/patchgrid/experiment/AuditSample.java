package org.patchgrid.experiment;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.patchgrid.patch.CellHash;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchedCell;

/**
 * Cells of one pair that can be audited, with the states that the engine gave them, in the order of
 * their hashes.
 */
final class AuditSample {
  /** Clean and corrupted: what a pair costs beside its cells. */
  static final int UNPATCHED_RUNS = 2;

  /** The sample whose first cell has the least hash comes first; equal hashes by key. */
  static final Comparator<AuditSample> ORDER =
      Comparator.comparingLong((AuditSample sample) -> sample.leastHash)
          .thenComparing(sample -> sample.cells.cells().get(0).cell());

  private final PairCells cells;
  private final PairStates states;
  private final long leastHash;

  /** A cell's place among those of its pair. */
  private record Place(int index, long hash, PatchedCell cell) {}

  private AuditSample(PairCells cells, PairStates states) {
    this.cells = cells;
    this.states = states;
    this.leastHash = CellHash.of(cells.cells().get(0).cell());
  }

  /**
   * All that can be audited of a pair: empty if no run of a cell gave a state.
   *
   * @param eligible leaves out what need not be looked at
   */
  static Optional<AuditSample> of(
      PairCells pair, PairStates states, Predicate<PatchedCell> eligible) {
    List<Place> places =
        IntStream.range(0, pair.cells().size())
            .filter(i -> states.patched().get(i).isPresent())
            .filter(i -> eligible.test(pair.cells().get(i)))
            .mapToObj(
                i -> new Place(i, CellHash.of(pair.cells().get(i).cell()), pair.cells().get(i)))
            .sorted(
                Comparator.comparingLong(Place::hash).thenComparing(place -> place.cell().cell()))
            .toList();
    if (places.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AuditSample(
            pair.with(places.stream().map(Place::cell).toList()),
            new PairStates(
                states.clean(),
                states.corrupted(),
                places.stream().map(place -> states.patched().get(place.index())).toList())));
  }

  /** At most {@code count} cells, those with the least hashes. */
  AuditSample first(long count) {
    int end = (int) Math.min(count, cells.cells().size());
    return new AuditSample(
        cells.with(cells.cells().subList(0, end)),
        new PairStates(states.clean(), states.corrupted(), states.patched().subList(0, end)));
  }

  /** How many cells, those with the least hashes, can be repeated in so many forward passes. */
  int affordable(double passes) {
    double left = passes - UNPATCHED_RUNS;
    int count = 0;
    while (count < size()) {
      left -= cells.cells().get(count).run().passes();
      if (left < 0) {
        break;
      }
      count++;
    }
    return count;
  }

  PairCells cells() {
    return cells;
  }

  PairStates states() {
    return states;
  }

  int size() {
    return cells.cells().size();
  }

  /** Whole forward passes that it takes to repeat the cells one by one. */
  int passes() {
    return UNPATCHED_RUNS + cells.cells().stream().mapToInt(cell -> cell.run().passes()).sum();
  }
}
