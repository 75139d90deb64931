package org.patchgrid.wave;

import org.patchgrid.study.Component;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.SequenceTables;

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
    double product =
        (double) SequenceTables.tile(wave.length()) * wave.length() * queryWidth; // of one tile
    double linear = 0;
    double attention = 0;
    for (int layer = 0; layer < structure.layers(); layer++) {
      tokens.join(layer, Component.RESID_PRE, Component.INPUT_LAYERNORM);
      linear += tokens.current().size() * width * (queryWidth + 2 * keyValueWidth);
      tokens.join(layer, Component.Q_PROJ, Component.K_NORM);
      tokens.attend(layer);
      attention += new QueryTiles(tokens.current(), rows).count() * product;
      tokens.join(layer, Component.PATTERN, Component.PATTERN);
      attention += new QueryTiles(tokens.current(), rows).count() * product;
      tokens.join(layer, Component.Z, Component.Z);
      linear += tokens.current().size() * queryWidth * width;
      tokens.join(layer, Component.O_PROJ, Component.POST_ATTENTION_LAYERNORM);
      linear += intoMlp * tokens.current().size() * width * mlpWidth;
      tokens.join(layer, Component.GATE_PROJ, Component.ACT);
      linear += tokens.current().size() * mlpWidth * width;
      tokens.join(layer, Component.DOWN_PROJ, Component.OUTPUT);
    }
    double unembedding = rows.firstPatched() * width * structure.vocabularySize();
    return new Operations(2 * linear, 2 * attention, 2 * unembedding);
  }
}
