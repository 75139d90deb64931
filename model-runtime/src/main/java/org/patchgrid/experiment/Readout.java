package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.metric.UnembeddingFactor;
import org.patchgrid.transformer.Transformer;

/** From what the unembedding reads to logits: the same code whichever engine made the states. */
final class Readout {
  private final Transformer transformer;
  private final NDManager manager;
  private final Supplier<UnembeddingFactor> factor;
  private final Map<Integer, float[]> rows = new HashMap<>(); // of the unembedding, by token

  /**
   * @param factor of the unembedding, computed when it is first asked for
   */
  Readout(Transformer transformer, NDManager manager, Supplier<UnembeddingFactor> factor) {
    this.factor = factor;
    this.transformer = transformer;
    this.manager = manager;
  }

  /** Logits, [V] each, of at most {@value Transformer#LOGITS_ROWS} states, [d_model] each. */
  List<float[]> logits(List<float[]> states) {
    int width = transformer.structure().modelWidth();
    int vocabulary = transformer.structure().vocabularySize();
    float[] input = new float[states.size() * width];
    for (int i = 0; i < states.size(); i++) {
      System.arraycopy(states.get(i), 0, input, i * width, width);
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray last = NativeArrays.of(scope, input, states.size(), width);
      float[] values = transformer.logits(last).toFloatArray();
      List<float[]> logits = new ArrayList<>();
      for (int i = 0; i < states.size(); i++) {
        logits.add(Arrays.copyOfRange(values, i * vocabulary, (i + 1) * vocabulary));
      }
      return logits;
    }
  }

  UnembeddingFactor factor() {
    return factor.get();
  }

  /** The logits of some tokens in double precision, from a state, [d_model]. */
  double[] logits(float[] state, int[] tokens) {
    double[] logits = new double[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      float[] row =
          rows.computeIfAbsent(tokens[i], token -> transformer.unembeddingRow(manager, token));
      for (int dimension = 0; dimension < row.length; dimension++) {
        logits[i] += (double) row[dimension] * state[dimension];
      }
      logits[i] = transformer.logit(logits[i], tokens[i]);
    }
    return logits;
  }
}
