package org.patchgrid.experiment;

import java.util.IdentityHashMap;

/** The metrics of runs, by their state: coinciding runs share one array, so identity is enough. */
final class StateValues {
  private static final double[] UNREAD = {};

  private final IdentityHashMap<float[], double[]> values = new IdentityHashMap<>();

  /** Makes room for a state's values; false if it is there already. */
  boolean add(float[] state) {
    return values.putIfAbsent(state, UNREAD) == null;
  }

  void set(float[] state, double[] metrics) {
    values.put(state, metrics);
  }

  /** One value a metric. */
  double[] of(float[] state) {
    return values.getOrDefault(state, UNREAD);
  }
}
