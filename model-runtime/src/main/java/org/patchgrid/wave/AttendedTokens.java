package org.patchgrid.wave;

import org.patchgrid.study.Component;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.SequenceTables;

/**
 * How many tokens attention has queries of.
 *
 * @param tiles that they lie in
 */
record AttendedTokens(long tokens, long tiles) {
  /** At most, of so many rows' tokens, which lie side by side in each row. */
  static AttendedTokens atMost(long tokens, long rows, int length) {
    long whole = rows * SequenceTables.tiles(length);
    long begun = tokens / SequenceTables.tile(length) + rows;
    return new AttendedTokens(tokens, Math.min(Math.min(whole, tokens), begun));
  }

  /** In the layer of a wave that has most of them. */
  static AttendedTokens most(Wave wave, ModelStructure structure) {
    WaveRows rows = new WaveRows(wave);
    WaveTokens tokens = new WaveTokens(rows, structure.layers());
    AttendedTokens most = new AttendedTokens(0, 0);
    for (int layer = 0; layer < structure.layers(); layer++) {
      tokens.join(layer, Component.RESID_PRE, Component.K_NORM);
      tokens.attend(layer);
      tokens.join(layer, Component.PATTERN, Component.PATTERN);
      if (tokens.current().size() > most.tokens) {
        most =
            new AttendedTokens(
                tokens.current().size(), new QueryTiles(tokens.current(), rows).count());
      }
      tokens.join(layer, Component.Z, Component.OUTPUT);
    }
    return most;
  }
}
