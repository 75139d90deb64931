package org.patchgrid.study;

import java.util.Locale;

/** Which tokens of the clean runs a mean is over; each token weighs the same. */
public enum MeanOver {
  /** All positions of all pairs. */
  ALL,
  /** All but the first, whose activations are massive in many models. */
  ALL_BUT_FIRST,
  /** A mean for each position: pairs must have one length. */
  POSITION,
  /** The span of the label that is patched. */
  LABEL;

  /** The name in study files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
