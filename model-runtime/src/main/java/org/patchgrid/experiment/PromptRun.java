package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.hook.HookChain;
import org.patchgrid.hook.Hooks;
import org.patchgrid.hook.Interventions;
import org.patchgrid.kernel.Gradients;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.TokenSequence;

/**
 * One forward pass that is over, with what was kept of it in native memory. Closing it frees that,
 * and so does closing the model. One thread at a time may use it.
 */
public final class PromptRun implements AutoCloseable {
  private final LoadedModel model;
  private final NDManager manager;
  private final ActivationCache cache;
  private final float[] state; // [d_model]
  private final float[] logits; // [V]

  /**
   * @param model stays the caller's, who closes it after the last run
   * @param kept hook points whose values, as the run goes on with them, can be read afterwards
   * @param replacements from a run's value, [token, width] row after row, to as many numbers; each
   *     is called once
   */
  public PromptRun(
      LoadedModel model,
      TokenSequence tokens,
      Set<HookPoint> kept,
      Map<HookPoint, UnaryOperator<float[]>> replacements) {
    Gradients.stop();
    this.model = model;
    this.manager = model.newManager();
    this.cache = new ActivationCache(manager, kept);
    Map<HookPoint, UnaryOperator<NDArray>> onArrays = new HashMap<>();
    replacements.forEach((point, replacement) -> onArrays.put(point, onArrays(replacement)));
    try {
      this.state = forward(tokens, new Interventions(onArrays));
      this.logits = logits(state);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  private float[] forward(TokenSequence tokens, Interventions interventions) {
    Hooks hooks = new HookChain(List.of(interventions, cache));
    try (NDManager run = manager.newSubManager()) {
      NDArray last = model.transformer().forward(run, tokens.ids(), hooks);
      interventions.requireEachFiredOnce();
      return last.toFloatArray();
    }
  }

  private static UnaryOperator<NDArray> onArrays(UnaryOperator<float[]> replacement) {
    return value ->
        NativeArrays.of(
            value.getManager(),
            replacement.apply(value.toFloatArray()),
            value.getShape().getShape());
  }

  /**
   * A value that was kept, [token, width], row after row.
   *
   * @throws IllegalStateException if it was not
   */
  public float[] value(HookPoint point) {
    return cache.value(point).toFloatArray();
  }

  /** What the unembedding reads at the last position, [d_model]. */
  public float[] state() {
    return state.clone();
  }

  /** The logits at the last position, [V]. */
  public float[] logits() {
    return logits.clone();
  }

  /** The logits of such a state, [V]. */
  public float[] logits(float[] ofState) {
    Gradients.stop();
    return model.readout(manager).logits(List.of(ofState)).get(0);
  }

  /** A token's logit of such a state, in double precision. */
  public double logit(float[] ofState, int token) {
    Gradients.stop();
    return model.readout(manager).logits(ofState, new int[] {token})[0];
  }

  /** What the unembedding would read of a residual stream, [d_model] both. */
  public float[] stateOf(float[] residualStream) {
    Gradients.stop();
    try (NDManager scope = manager.newSubManager()) {
      NDArray stream = NativeArrays.of(scope, residualStream, 1, residualStream.length);
      return model.transformer().normed(stream).toFloatArray();
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
