package org.patchgrid.reference;

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
import org.patchgrid.patch.Patch;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;

/**
 * The patches of a plain batch: at each hook point, the source run's values in the rows, positions
 * and heads that are patched there, and the batch's own elsewhere. For values of the source run
 * alone.
 *
 * <p>Axes: B row, T position, H head (one where the component has none), D width of a head.
 *
 * @param rows one cell a row, all of one direction
 * @param source activations of the run that their values come from
 */
record BatchPatch(
    ModelStructure structure, int length, List<PatchedCell> rows, ActivationCache source) {
  BatchPatch {
    rows = List.copyOf(rows);
  }

  /** What to do with the batch's values at these points. */
  Map<HookPoint, UnaryOperator<NDArray>> replacements(Set<HookPoint> points) {
    Map<HookPoint, UnaryOperator<NDArray>> replacements = new HashMap<>();
    points.forEach(point -> replacements.put(point, value -> replaced(point, value)));
    return replacements;
  }

  private NDArray replaced(HookPoint point, NDArray value) {
    int heads = Math.max(1, structure.heads(point.component()));
    Shape shape =
        new Shape(rows.size(), length, heads, value.getShape().get(1) / heads); // [B, T, H, D]
    NDManager owner = value.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray own = value.reshape(shape);
      NDArray written = source.value(point).duplicate();
      own.attach(scope);
      written.attach(scope);
      NDArray result =
          NDArrays.where(
              entries(scope, point, heads).broadcast(shape),
              written.reshape(1, length, heads, -1).broadcast(shape),
              own);
      NDArray replaced = result.reshape(value.getShape());
      replaced.attach(owner);
      return replaced;
    }
  }

  /** True where the source's value goes, [B, T, H, 1]. */
  private NDArray entries(NDManager owner, HookPoint point, int heads) {
    boolean[] entries = new boolean[rows.size() * length * heads];
    int next = 0;
    for (PatchedCell row : rows) {
      List<Patch> here =
          row.run().patches().stream().filter(patch -> patch.point().equals(point)).toList();
      for (int i = 0; i < length * heads; i++) {
        int position = i / heads;
        int head = i % heads;
        entries[next++] =
            here.stream()
                .anyMatch(
                    patch -> patch.span(length).contains(position) && patch.heads().covers(head));
      }
    }
    return owner.create(entries, new Shape(rows.size(), length, heads, 1));
  }
}
