package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.hook.Hooks;
import org.patchgrid.hook.Interventions;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.transformer.SequenceTables;
import org.patchgrid.transformer.Transformer;

/**
 * The plain engine: a pair's clean and corrupted run, once, and a whole forward pass for every
 * patched one. Slow and easy to believe; faster engines are compared with it.
 *
 * <p>Belongs to one thread. Closing it frees everything it made.
 */
final class PairRuns implements AutoCloseable {
  private final Transformer transformer;
  private final ModelStructure structure;
  private final NDManager manager;
  private final SequenceTables tables;
  private final NDArray cleanIds; // [1, T]
  private final NDArray corruptedIds; // [1, T]
  private final ActivationCache cleanActivations;
  private final ActivationCache corruptedActivations;
  private final float[] cleanLogits; // [V]
  private final float[] corruptedLogits; // [V]
  private final int length;

  /**
   * @param cleanPoints what to keep of the clean run: the hook points that denoising patches
   * @param corruptedPoints what to keep of the corrupted run: those that noising patches
   */
  PairRuns(
      Transformer transformer,
      ModelStructure structure,
      NDManager parent,
      TokenizedPair pair,
      Set<HookPoint> cleanPoints,
      Set<HookPoint> corruptedPoints) {
    this.transformer = transformer;
    this.structure = structure;
    this.manager = parent.newSubManager();
    this.length = pair.clean().length();
    try {
      this.tables = transformer.tables(manager, length);
      this.cleanIds = ids(pair.clean());
      this.corruptedIds = ids(pair.corrupted());
      this.cleanActivations = new ActivationCache(manager, cleanPoints);
      this.corruptedActivations = new ActivationCache(manager, corruptedPoints);
      this.cleanLogits = run(cleanIds, cleanActivations);
      this.corruptedLogits = run(corruptedIds, corruptedActivations);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  /** The clean run's logits at the last position, [V]. */
  float[] cleanLogits() {
    return cleanLogits;
  }

  /** The corrupted run's logits at the last position, [V]. */
  float[] corruptedLogits() {
    return corruptedLogits;
  }

  /**
   * The logits at the last position of the target run with the cell's activation from the source
   * run, [V].
   *
   * @throws IllegalStateException if a hook did not fire exactly once
   */
  float[] patchedLogits(PatchedCell cell) {
    boolean denoising = cell.cell().direction() == PatchDirection.DENOISING;
    ActivationCache source = denoising ? cleanActivations : corruptedActivations;
    NDArray targetIds = denoising ? corruptedIds : cleanIds;
    try (NDManager patch = manager.newSubManager()) {
      Map<HookPoint, UnaryOperator<NDArray>> replacements = new HashMap<>();
      for (int layer = cell.layers().first(); layer < cell.layers().end(); layer++) {
        HookPoint point = new HookPoint(cell.cell().component(), layer);
        replacements.put(point, replacement(patch, cell, source.value(point)));
      }
      Interventions interventions = new Interventions(replacements);
      float[] logits = run(targetIds, interventions);
      interventions.requireEachFiredOnce();
      return logits;
    }
  }

  private UnaryOperator<NDArray> replacement(NDManager patch, PatchedCell cell, NDArray source) {
    if (cell.span().isEmpty() && cell.heads() instanceof HeadSelection.All) {
      return value -> source;
    }
    NDArray patched = patchedEntries(patch, cell);
    return value -> {
      NDArray result = NDArrays.where(patched.broadcast(value.getShape()), source, value);
      result.attach(patch); // it would belong to the source's manager, which lives on
      return result;
    };
  }

  /** True where the source's value goes; broadcasts over the component's values. */
  private NDArray patchedEntries(NDManager patch, PatchedCell cell) {
    Component component = cell.cell().component();
    TokenSpan span = cell.span(length);
    boolean[] positions = new boolean[length];
    for (int position = span.start(); position < span.end(); position++) {
      positions[position] = true;
    }
    if (component == Component.PATTERN) { // [row, head, query, key]
      NDArray queries = patch.create(positions, new Shape(1, 1, length, 1));
      return queries.logicalAnd(heads(patch, cell, 1).reshape(1, -1, 1, 1));
    }
    NDArray rows = patch.create(positions, new Shape(1, length, 1)); // [row, position, width]
    return rows.logicalAnd(heads(patch, cell, structure.headWidth()).reshape(1, 1, -1));
  }

  /** True at the columns of the patched heads, {@code width} columns a head; one true for all. */
  private NDArray heads(NDManager patch, PatchedCell cell, int width) {
    if (!(cell.heads() instanceof HeadSelection.One one)) {
      return patch.create(new boolean[] {true});
    }
    boolean[] columns = new boolean[structure.heads(cell.cell().component()) * width];
    for (int column = one.head() * width; column < (one.head() + 1) * width; column++) {
      columns[column] = true;
    }
    return patch.create(columns);
  }

  private float[] run(NDArray ids, Hooks hooks) {
    try (NDManager run = manager.newSubManager()) {
      return transformer.forward(run, ids, tables, hooks).toFloatArray();
    }
  }

  private NDArray ids(TokenSequence tokens) {
    List<Integer> ids = tokens.ids();
    return manager.create(
        ids.stream().mapToLong(Integer::longValue).toArray(), new Shape(1, ids.size()));
  }

  @Override
  public void close() {
    manager.close();
  }
}
