package org.patchgrid.plan;

import java.io.Serializable;

/**
 * How long prompts are, from a sample.
 *
 * @param meanTokens mean number of token positions of a prompt, BOS included
 * @param sampledPairs how many pairs the mean is over
 */
public record LengthEstimate(double meanTokens, long sampledPairs) implements Serializable {
  public LengthEstimate {
    if (!(meanTokens >= 1) || Double.isInfinite(meanTokens) || sampledPairs < 1) {
      throw new IllegalArgumentException(
          "Invalid lengths: mean " + meanTokens + " of " + sampledPairs + " pairs");
    }
  }
}
