package org.patchgrid.study;

import java.io.Serializable;

/** The heads that one patch covers. */
public sealed interface HeadSelection extends Serializable {
  /** Every head in one patch; also what components without heads have. */
  HeadSelection ALL = new All();

  static HeadSelection one(int head) {
    return new One(head);
  }

  /** Every head in one patch. */
  record All() implements HeadSelection {}

  /** A single head, counted from 0. */
  record One(int head) implements HeadSelection {
    public One {
      if (head < 0) {
        throw new IllegalArgumentException("Invalid head: " + head);
      }
    }
  }
}
