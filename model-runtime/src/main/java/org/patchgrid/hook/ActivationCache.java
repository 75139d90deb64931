package org.patchgrid.hook;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.patchgrid.study.HookPoint;

/**
 * Keeps the values of some hook points of one run. The values outlive the run: they belong to the
 * manager given here and are closed with it.
 */
public final class ActivationCache implements Hooks {
  private final NDManager owner;
  private final Set<HookPoint> wanted;
  private final Map<HookPoint, NDArray> values = new HashMap<>();

  public ActivationCache(NDManager owner, Set<HookPoint> wanted) {
    this.owner = owner;
    this.wanted = Set.copyOf(wanted);
  }

  @Override
  public NDArray at(HookPoint point, NDArray value) {
    if (wanted.contains(point)) {
      NDArray kept = value.duplicate(); // the run's own must not drag what follows to the owner
      kept.attach(owner);
      values.put(point, kept);
    }
    return value;
  }

  @Override
  public boolean watches(HookPoint point) {
    return wanted.contains(point);
  }

  /**
   * The value the run had at this point.
   *
   * @throws IllegalStateException if the run did not pass this point or was not asked to keep it
   */
  public NDArray value(HookPoint point) {
    NDArray value = values.get(point);
    if (value == null) {
      throw new IllegalStateException("No activation was kept of " + point);
    }
    return value;
  }
}
