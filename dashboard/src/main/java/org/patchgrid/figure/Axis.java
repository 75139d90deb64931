package org.patchgrid.figure;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear axis from values to pixels.
 *
 * @param from the pixel of {@code low}
 * @param to the pixel of {@code high}
 */
record Axis(double low, double high, double from, double to) {
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};

  Axis {
    if (!(low < high)) {
      throw new IllegalArgumentException("An axis needs a width: " + low + " to " + high);
    }
  }

  double at(double value) {
    return from + (value - low) / (high - low) * (to - from);
  }

  /** Round values, about as many as asked for. */
  List<Double> ticks(int about) {
    double raw = (high - low) / about;
    double magnitude = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = magnitude * 10;
    for (double candidate : STEPS) {
      if (candidate * magnitude >= raw) {
        step = candidate * magnitude;
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }
}
