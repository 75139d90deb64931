package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
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
import org.patchgrid.transformer.Sequences;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.WholeSequences;

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
  private final Sequences sequences;
  private final NDArray cleanIds; // [T]
  private final NDArray corruptedIds; // [T]
  private final ActivationCache cleanActivations;
  private final ActivationCache corruptedActivations;
  private final float[] cleanState; // [d_model]
  private final float[] corruptedState; // [d_model]
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
      this.sequences = new WholeSequences(transformer.tables(manager, length));
      this.cleanIds = ids(pair.clean());
      this.corruptedIds = ids(pair.corrupted());
      this.cleanActivations = new ActivationCache(manager, cleanPoints);
      this.corruptedActivations = new ActivationCache(manager, corruptedPoints);
      this.cleanState = run(cleanIds, cleanActivations);
      this.corruptedState = run(corruptedIds, corruptedActivations);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  /** What the unembedding reads at the last position of the clean run, [d_model]. */
  float[] cleanState() {
    return cleanState;
  }

  /** The same of the corrupted run. */
  float[] corruptedState() {
    return corruptedState;
  }

  /**
   * What the unembedding reads at the last position of the target run with the cell's activation
   * from the source run, [d_model].
   *
   * @throws IllegalStateException if a hook did not fire exactly once
   */
  float[] patchedState(PatchedCell cell) {
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
      float[] state = run(targetIds, interventions);
      interventions.requireEachFiredOnce();
      return state;
    }
  }

  private UnaryOperator<NDArray> replacement(NDManager patch, PatchedCell cell, NDArray source) {
    if (cell.span().isEmpty() && cell.heads() instanceof HeadSelection.All) {
      return value -> ownedLike(value, source.duplicate());
    }
    NDArray patched = patchedEntries(patch, cell);
    return value ->
        ownedLike(value, NDArrays.where(patched.broadcast(value.getShape()), source, value));
  }

  /**
   * Else it would belong to the source's manager, which lives on, and so would all that follows.
   */
  private static NDArray ownedLike(NDArray value, NDArray result) {
    result.attach(value.getManager());
    return result;
  }

  /** True where the source's value goes; broadcasts over the component's values. */
  private NDArray patchedEntries(NDManager patch, PatchedCell cell) {
    Component component = cell.cell().component();
    TokenSpan span = cell.span(length);
    boolean[] positions = new boolean[length];
    for (int position = span.start(); position < span.end(); position++) {
      positions[position] = true;
    }
    NDArray tokens = patch.create(positions, new Shape(length, 1)); // [token, width]
    int headWidth = component == Component.PATTERN ? length : structure.headWidth();
    return tokens.logicalAnd(heads(patch, cell, headWidth).reshape(1, -1));
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
      return transformer.forward(run, ids, sequences, hooks).toFloatArray();
    }
  }

  private NDArray ids(TokenSequence tokens) {
    return manager.create(tokens.ids().stream().mapToLong(Integer::longValue).toArray());
  }

  @Override
  public void close() {
    manager.close();
  }
}
