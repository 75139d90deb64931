package org.patchgrid.study;

import java.io.Serializable;

/** Where a path ends. */
public sealed interface PathReceiver extends Serializable {
  /** What the column {@code receiver} says. */
  String label();

  /** The residual stream behind the last layer: the logits. */
  record Final() implements PathReceiver {
    /** As studies and tables have it. */
    public static final String LABEL = "final";

    @Override
    public String label() {
      return LABEL;
    }
  }

  /** Queries, keys or values of a later layer than the sender's. */
  record Attention(SitePlace place) implements PathReceiver {
    @Override
    public String label() {
      return place.toString();
    }
  }
}
