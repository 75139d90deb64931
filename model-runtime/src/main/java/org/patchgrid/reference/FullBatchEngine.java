package org.patchgrid.reference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.hook.Hooks;
import org.patchgrid.hook.Interventions;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.patch.Origin;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.transformer.Sequences;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.WholeSequences;

/**
 * What one would write by hand: cells are rows of plain batches through all layers. No study runs
 * it; {@code SweepBenchmark} measures the other engines against it.
 */
public final class FullBatchEngine implements PatchEngine {
  /** When the source run's activations are taken. */
  public enum Traces {
    /** Once a pair. */
    ONCE,
    /** Anew before every batch. */
    EVERY_BATCH
  }

  private final Transformer transformer;
  private final NDManager manager;
  private final int batchRows;
  private final Traces traces;

  /**
   * @param manager owner of all that is made; the caller closes it
   * @param batchRows most rows of one forward pass
   */
  public FullBatchEngine(Transformer transformer, NDManager manager, int batchRows, Traces traces) {
    this.transformer = transformer;
    this.manager = manager;
    this.batchRows = batchRows;
    this.traces = traces;
  }

  @Override
  public List<PairStates> run(List<PairCells> pairs) {
    return pairs.stream().map(this::run).toList();
  }

  private PairStates run(PairCells pair) {
    try (NDManager scope = manager.newSubManager()) {
      Sequences sequences = new WholeSequences(transformer.tables(scope, pair.length()));
      Pass clean = new Pass(scope, sequences, pair.pair().clean());
      Pass corrupted = new Pass(scope, sequences, pair.pair().corrupted());
      List<Optional<float[]>> patched =
          new ArrayList<>(pair.cells().stream().map(cell -> Optional.<float[]>empty()).toList());
      float[] cleanState = patch(pair, PatchDirection.DENOISING, clean, corrupted, patched);
      float[] corruptedState = patch(pair, PatchDirection.NOISING, corrupted, clean, patched);
      return new PairStates(cleanState, corruptedState, patched);
    }
  }

  /**
   * Fills in the states of the cells of one direction.
   *
   * @return the source run's state
   */
  private float[] patch(
      PairCells pair,
      PatchDirection direction,
      Pass source,
      Pass target,
      List<Optional<float[]>> patched) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < pair.cells().size(); i++) {
      if (pair.cells().get(i).cell().direction() == direction) {
        places.add(i);
      }
    }
    List<PatchedCell> cells = places.stream().map(pair.cells()::get).toList();
    try (NDManager scope = manager.newSubManager()) {
      Set<HookPoint> kept = traces == Traces.ONCE ? points(cells) : Set.of();
      ActivationCache once = new ActivationCache(scope, kept);
      float[] state = run(source, 1, once).get(0);
      for (int first = 0; first < cells.size(); first += batchRows) {
        int end = Math.min(first + batchRows, cells.size());
        List<float[]> states = batch(cells.subList(first, end), once, source, target);
        for (int i = first; i < end; i++) {
          patched.set(places.get(i), Optional.of(states.get(i - first)));
        }
      }
      return state;
    }
  }

  private List<float[]> batch(
      List<PatchedCell> rows, ActivationCache once, Pass source, Pass target) {
    try (NDManager scope = manager.newSubManager()) {
      ActivationCache activations = once;
      if (traces == Traces.EVERY_BATCH) {
        activations = new ActivationCache(scope, points(rows));
        run(source, 1, activations);
      }
      BatchPatch patch =
          new BatchPatch(transformer.structure(), target.tokens().length(), rows, activations);
      Interventions interventions = new Interventions(patch.replacements(points(rows)));
      List<float[]> states = run(target, rows.size(), interventions);
      interventions.requireEachFiredOnce();
      return states;
    }
  }

  private static Set<HookPoint> points(List<PatchedCell> cells) {
    Set<HookPoint> points = new HashSet<>();
    cells.forEach(cell -> points.addAll(cell.run().points(Origin.SOURCE)));
    return points;
  }

  private record Pass(NDManager parent, Sequences sequences, TokenSequence tokens) {}

  /** What the unembedding reads in each of some rows that begin alike, [d_model] each. */
  private List<float[]> run(Pass pass, int rows, Hooks hooks) {
    int length = pass.tokens().length();
    long[] ids = new long[rows * length]; // [N]
    Arrays.setAll(ids, token -> pass.tokens().ids().get(token % length));
    try (NDManager scope = pass.parent().newSubManager()) {
      NDArray tokens = NativeArrays.of(scope, ids);
      NDArray last = transformer.forward(scope, tokens, pass.sequences(), hooks);
      float[] values = last.toFloatArray(); // [B, d_model]
      int width = transformer.structure().modelWidth();
      return IntStream.range(0, rows)
          .mapToObj(row -> Arrays.copyOfRange(values, row * width, (row + 1) * width))
          .toList();
    }
  }
}
