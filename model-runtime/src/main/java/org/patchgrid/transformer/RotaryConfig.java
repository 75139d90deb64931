package org.patchgrid.transformer;

import org.patchgrid.kernel.RotaryPairs;

/**
 * Rotary position embedding: which dimensions turn, and how fast.
 *
 * @param theta base of the geometric series of frequencies
 * @param width how many dimensions of a head turn, the first ones
 * @param pairs which of them turn together
 */
public record RotaryConfig(double theta, Scaling scaling, int width, RotaryPairs pairs) {
  public RotaryConfig {
    if (width < 2 || width % 2 != 0) {
      throw new IllegalArgumentException("Invalid rotary width: " + width);
    }
    if (!(theta > 0) || Double.isInfinite(theta)) {
      throw new IllegalArgumentException("Invalid rotary theta: " + theta);
    }
  }

  /** How frequencies are stretched for longer contexts; closed, so that none is guessed at. */
  public sealed interface Scaling {
    /** The frequency to use for the unscaled {@code frequency} (radians a position). */
    double scale(double frequency);
  }

  /** {@code rope_type: default}. */
  public record Unscaled() implements Scaling {
    @Override
    public double scale(double frequency) {
      return frequency;
    }
  }

  /** {@code rope_type: linear}: every frequency divided by the factor. */
  public record Linear(double factor) implements Scaling {
    public Linear {
      if (!(factor > 0)) {
        throw new IllegalArgumentException("Invalid rotary factor: " + factor);
      }
    }

    @Override
    public double scale(double frequency) {
      return frequency / factor;
    }
  }

  /**
   * {@code rope_type: llama3}: long wavelengths divided by the factor, short ones kept, those
   * between interpolated (Llama 3.1, {@code _compute_llama3_parameters} in Hugging Face).
   */
  public record Llama3(
      double factor,
      double lowFrequencyFactor,
      double highFrequencyFactor,
      double originalPositions)
      implements Scaling {
    public Llama3 {
      if (!(factor > 0)
          || !(highFrequencyFactor > lowFrequencyFactor)
          || !(originalPositions > 0)) {
        throw new IllegalArgumentException("Invalid llama3 rotary scaling");
      }
    }

    @Override
    public double scale(double frequency) {
      double wavelength = 2 * Math.PI / frequency;
      if (wavelength > originalPositions / lowFrequencyFactor) {
        return frequency / factor;
      }
      if (wavelength < originalPositions / highFrequencyFactor) {
        return frequency;
      }
      double smooth =
          (originalPositions / wavelength - lowFrequencyFactor)
              / (highFrequencyFactor - lowFrequencyFactor);
      return (1 - smooth) * frequency / factor + smooth * frequency;
    }
  }
}
