package org.patchgrid.experiment;

import java.util.ArrayList;
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
  private int affordable(double passes) {
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

  /**
   * Chooses among pairs of equal length by the keys of their cells, whatever the order they come
   * in. They are taken one after the other, each with all the cells that are still wanted, since
   * every pair costs its two unpatched runs beside them.
   *
   * @param wanted at most so many cells
   * @param passes what may be spent, in whole forward passes
   */
  static List<AuditSample> choose(List<AuditSample> pairs, long wanted, double passes) {
    List<AuditSample> chosen = new ArrayList<>();
    long cellsLeft = wanted;
    double passesLeft = passes;
    for (AuditSample pair : pairs.stream().sorted(ORDER).toList()) {
      long count = Math.min(cellsLeft, pair.affordable(passesLeft));
      if (count < 1) {
        break;
      }
      AuditSample sample = pair.first(count);
      chosen.add(sample);
      cellsLeft -= sample.size();
      passesLeft -= sample.passes();
    }
    return chosen;
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
