package org.patchgrid.experiment;

import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;

/**
 * Floating-point operations of forward passes, counted and not measured: two for each weight that a
 * token meets, and those of attention's products. Norms and activation functions are left out.
 *
 * @param linear of the linear maps in the layers
 * @param attention of queries with keys, and of patterns with values
 * @param unembedding of clean and corrupted runs; whether patched runs need it is up to the metrics
 */
record Operations(double linear, double attention, double unembedding) {
  static final Operations NONE = new Operations(0, 0, 0);

  double total() {
    return linear + attention + unembedding;
  }

  Operations plus(Operations other) {
    return new Operations(
        linear + other.linear, attention + other.attention, unembedding + other.unembedding);
  }

  /** Those of a wave, whose tokens grow as the pass goes. */
  static Operations of(Wave wave, ModelStructure structure) {
    WaveRows rows = new WaveRows(wave);
    WaveTokens tokens = new WaveTokens(rows, structure.layers());
    double width = structure.modelWidth();
    double mlpWidth = structure.mlpWidth();
    double queryWidth = structure.queryWidth();
    double keyValueWidth = structure.keyValueWidth();
    double intoMlp = structure.isGated() ? 2 : 1;
    double product = (double) wave.length() * wave.length() * queryWidth; // of one row
    double linear = 0;
    double attention = 0;
    for (int layer = 0; layer < structure.layers(); layer++) {
      join(tokens, layer, Component.RESID_PRE, Component.INPUT_LAYERNORM);
      linear += tokens.current().size() * width * (queryWidth + 2 * keyValueWidth);
      join(tokens, layer, Component.Q_PROJ, Component.K_NORM);
      attention += tokens.attending().size() * product;
      join(tokens, layer, Component.PATTERN, Component.PATTERN);
      attention += tokens.attending().size() * product;
      tokens.attend(layer);
      join(tokens, layer, Component.Z, Component.Z);
      linear += tokens.current().size() * queryWidth * width;
      join(tokens, layer, Component.O_PROJ, Component.POST_ATTENTION_LAYERNORM);
      linear += intoMlp * tokens.current().size() * width * mlpWidth;
      join(tokens, layer, Component.GATE_PROJ, Component.ACT);
      linear += tokens.current().size() * mlpWidth * width;
      join(tokens, layer, Component.DOWN_PROJ, Component.OUTPUT);
    }
    double unembedding = rows.firstPatched() * width * structure.vocabularySize();
    return new Operations(2 * linear, 2 * attention, 2 * unembedding);
  }

  private static void join(WaveTokens tokens, int layer, Component first, Component last) {
    for (Component component : Component.values()) {
      if (component.compareTo(first) >= 0 && component.compareTo(last) <= 0) {
        tokens.join(new HookPoint(component, layer));
      }
    }
  }
}
