package org.patchgrid.attribution;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.Gradients;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;

/**
 * A forward pass with the way back: zeros are added to the values of some hook points, and the
 * gradient with respect to the zeros is that with respect to the value. Its arrays are closed with
 * the manager given here.
 */
final class RecordedRun implements Hooks {
  /** Where a run's input embeddings are; learned positions, which both prompts share, included. */
  static final HookPoint INPUT = new HookPoint(Component.RESID_PRE, 0);

  private final NDManager owner;
  private final Set<HookPoint> points;
  private final Optional<NDArray> inputShift;
  private final Map<HookPoint, NDArray> values = new HashMap<>();
  private final Map<HookPoint, NDArray> variables = new HashMap<>();

  /**
   * @param inputShift what is added to the input embeddings, [token, d_model]
   */
  RecordedRun(NDManager owner, Set<HookPoint> points, Optional<NDArray> inputShift) {
    this.owner = owner;
    this.points = points;
    this.inputShift = inputShift;
  }

  @Override
  public NDArray at(HookPoint point, NDArray value) {
    NDArray shifted =
        inputShift.isPresent() && point.equals(INPUT) ? value.add(inputShift.get()) : value;
    if (!points.contains(point)) {
      return shifted;
    }
    NDArray kept = Gradients.detached(shifted);
    kept.attach(owner);
    values.put(point, kept);
    NDArray zeros = Gradients.variable(shifted);
    zeros.attach(owner);
    variables.put(point, zeros);
    return shifted.add(zeros);
  }

  @Override
  public boolean watches(HookPoint point) {
    return points.contains(point) || point.equals(INPUT);
  }

  NDArray value(HookPoint point) {
    NDArray value = values.get(point);
    if (value == null) {
      throw new IllegalStateException("The run did not pass " + point);
    }
    return value;
  }

  /**
   * @param gradient of a metric with respect to them, [V]
   * @param again whether one will go back once more
   * @param seen gets the gradient with respect to every hook point's value, row after row
   */
  void backward(
      NDArray logits, double[] gradient, boolean again, BiConsumer<HookPoint, float[]> seen) {
    float[] rounded = new float[gradient.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) gradient[i];
    }
    try (NDArray ofLogits = NativeArrays.of(owner, rounded, 1, rounded.length)) {
      Gradients.backward(logits, ofLogits, again);
    }
    variables.forEach(
        (point, variable) -> {
          try (NDArray ofValue = Gradients.of(variable)) {
            seen.accept(point, ofValue.toFloatArray());
          }
          Gradients.clear(variable);
        });
  }
}
