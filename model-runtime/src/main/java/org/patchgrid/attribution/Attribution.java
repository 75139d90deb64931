package org.patchgrid.attribution;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.TokenSpan;

/**
 * How a metric of the target run would change if activations were the source run's: estimates for
 * all sites of some hook points. They are sums, so that those of layers, heads and positions that
 * are patched together add up.
 */
public final class Attribution {
  private final ModelStructure structure;
  private final int length;
  private final Map<HookPoint, double[]> terms = new HashMap<>(); // [position, head] or with [key]

  /**
   * @param length positions of the prompts
   */
  Attribution(ModelStructure structure, int length) {
    this.structure = structure;
    this.length = length;
  }

  /**
   * Adds what one run says.
   *
   * @param difference source minus target, [position, width] row after row
   * @param gradient of the metric, of the same shape
   * @param weight of this run's gradient
   */
  void add(HookPoint point, float[] difference, float[] gradient, double weight) {
    int heads = heads(point.component());
    // kept apart: the heads of a position, of a pattern the keys of each
    int entries = point.component() == Component.PATTERN ? heads * length : heads;
    double[] sums = terms.computeIfAbsent(point, key -> new double[length * entries]);
    int width = difference.length / sums.length;
    for (int i = 0; i < difference.length; i++) {
      sums[i / width] += weight * difference[i] * gradient[i];
    }
  }

  private int heads(Component component) {
    return Math.max(1, structure.heads(component));
  }

  /**
   * The change by a patch at one hook point.
   *
   * @param head all of them if empty
   * @param positions of the prompt; of a pattern, its queries
   * @param keys the entries of a pattern's rows
   * @throws IllegalArgumentException if the hook point was not asked for
   */
  public double change(HookPoint point, OptionalInt head, TokenSpan positions, TokenSpan keys) {
    double[] sums = terms.get(point);
    if (sums == null) {
      throw new IllegalArgumentException("No gradient was taken at " + point);
    }
    int heads = heads(point.component());
    int columns = sums.length / length / heads; // keys of a pattern, otherwise 1
    double change = 0;
    for (int position = positions.start(); position < positions.end(); position++) {
      for (int of = head.orElse(0); of < (head.isPresent() ? head.getAsInt() + 1 : heads); of++) {
        for (int column = 0; column < columns; column++) {
          boolean chosen = columns == 1 || keys.contains(column);
          change += chosen ? sums[(position * heads + of) * columns + column] : 0;
        }
      }
    }
    return change;
  }
}
