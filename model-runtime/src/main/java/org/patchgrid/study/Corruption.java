package org.patchgrid.study;

import java.io.Serializable;

/** What makes the corrupted run of a sweep. */
public sealed interface Corruption extends Serializable {
  Corruption PROMPT = new Prompt();

  CorruptionKind kind();

  /** The pair's corrupted prompt. */
  record Prompt() implements Corruption {
    @Override
    public CorruptionKind kind() {
      return CorruptionKind.PROMPT;
    }
  }

  /**
   * Gaussian noise on a label's embeddings of the clean prompt (Meng et al. 2022).
   *
   * @param label whose span gets noise
   * @param factor how many standard deviations of the embeddings of the prompt set's labelled
   *     tokens
   * @param samples corrupted runs of a pair; a measurement is the mean over them
   */
  record Noise(String label, double factor, int samples, long seed) implements Corruption {
    public Noise {
      if (!(factor > 0) || Double.isInfinite(factor)) {
        throw new IllegalArgumentException("Invalid noise factor: " + factor);
      }
      if (samples < 1) {
        throw new IllegalArgumentException("Invalid number of noise samples: " + samples);
      }
    }

    @Override
    public CorruptionKind kind() {
      return CorruptionKind.NOISE;
    }
  }
}
