package org.patchgrid.hook;

import ai.djl.ndarray.NDArray;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.patchgrid.study.HookPoint;

/**
 * Replaces the values of some hook points in one run, and counts. A hook that does not fire looks
 * like a finding ("this layer does not matter"), so the run's owner asks {@link
 * #requireEachFiredOnce} afterwards.
 */
public final class Interventions implements Hooks {
  private final Map<HookPoint, UnaryOperator<NDArray>> replacements;
  private final Map<HookPoint, Integer> firings = new HashMap<>();

  /**
   * @param replacements from a run's value to the value the run goes on with, of the same shape
   */
  public Interventions(Map<HookPoint, UnaryOperator<NDArray>> replacements) {
    this.replacements = new LinkedHashMap<>(replacements);
  }

  @Override
  public NDArray at(HookPoint point, NDArray value) {
    UnaryOperator<NDArray> replacement = replacements.get(point);
    if (replacement == null) {
      return value;
    }
    firings.merge(point, 1, Integer::sum);
    NDArray replaced = replacement.apply(value);
    if (!replaced.getShape().equals(value.getShape())) {
      throw new IllegalStateException(
          "A patch of %s has shape %s instead of %s"
              .formatted(point, replaced.getShape(), value.getShape()));
    }
    return replaced;
  }

  @Override
  public boolean watches(HookPoint point) {
    return replacements.containsKey(point);
  }

  /**
   * Checks that the run is over and had every patch.
   *
   * @throws IllegalStateException naming the first hook point that the run passed never or twice
   */
  public void requireEachFiredOnce() {
    for (HookPoint point : replacements.keySet()) {
      int times = firings.getOrDefault(point, 0);
      if (times != 1) {
        throw new IllegalStateException(
            "The hook of " + point + " fired " + times + " times instead of once");
      }
    }
  }
}
