package org.patchgrid.study;

import java.io.Serializable;

/**
 * Which mean of the prompt set's clean runs: the key of a vector.
 *
 * @param label of a mean over a label's tokens; else empty
 * @param position of a mean of one position; else -1
 */
public record ActivationMean(HookPoint point, MeanOver over, String label, int position)
    implements Serializable {
  private static final int NO_POSITION = -1;

  public ActivationMean {
    if ((over == MeanOver.LABEL) == label.isEmpty()) {
      throw new IllegalArgumentException("A mean over a label needs one, and no other has one");
    }
    if ((over == MeanOver.POSITION) != (position >= 0)) {
      throw new IllegalArgumentException("A mean of a position needs one, and no other has one");
    }
  }

  /** The mean that is written at a position. */
  public static ActivationMean at(HookPoint point, MeanOver over, String label, int position) {
    return new ActivationMean(
        point, over, label, over == MeanOver.POSITION ? position : NO_POSITION);
  }
}
