package org.patchgrid.wave;

import org.patchgrid.study.Device;

/**
 * How large waves are.
 *
 * @param tokens of a wave behind its last join, for short prompts
 * @param layerBytes of a wave's largest layer, which bound wide models and long prompts
 */
record WaveSize(int tokens, long layerBytes) {
  /**
   * With half as many tokens the sweeps of docs/performance.md take a tenth longer; more only take
   * more memory.
   */
  private static final WaveSize CPU = new WaveSize(2048, 256L << 20);

  /** There starting an operation costs more than many tokens in it. */
  private static final WaveSize GPU = new WaveSize(32_768, 4L << 30);

  /** For long prompts: a pair's own runs, which every wave computes, are a quarter at most. */
  private static final int PROMPTS = 8;

  /** The size that runs best. */
  static WaveSize on(Device device) {
    return switch (device) {
      case CPU -> CPU;
      case GPU -> GPU;
    };
  }

  /** Whether so much may run in one wave; a single row runs whatever it takes. */
  boolean holds(LayerMemory memory, long tokensOfWave, long rowsOfWave) {
    return tokensOfWave <= Math.max(tokens, (long) PROMPTS * memory.length())
        && memory.bytes(tokensOfWave, rowsOfWave) <= layerBytes;
  }
}
