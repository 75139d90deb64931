package org.patchgrid.study;

import java.util.Locale;

/** What a path may not go through. */
public enum PathFreeze {
  /** Other attention heads; MLPs are computed anew, as in Wang et al. 2022. */
  HEADS,
  /** Other attention heads and MLPs. */
  HEADS_AND_MLPS;

  /** The name in study files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
