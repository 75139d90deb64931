package org.patchgrid.study;

import java.io.Serializable;
import java.util.OptionalInt;

/** The heads that one patch covers. */
public sealed interface HeadSelection extends Serializable {
  /** Every head in one patch; also what components without heads have. */
  HeadSelection ALL = new All();

  boolean covers(int head);

  /** The head where it is one alone. */
  OptionalInt single();

  static HeadSelection one(int head) {
    return new One(head);
  }

  /** Every head in one patch. */
  record All() implements HeadSelection {
    @Override
    public boolean covers(int head) {
      return true;
    }

    @Override
    public OptionalInt single() {
      return OptionalInt.empty();
    }
  }

  /** A single head, counted from 0. */
  record One(int head) implements HeadSelection {
    public One {
      if (head < 0) {
        throw new IllegalArgumentException("Invalid head: " + head);
      }
    }

    @Override
    public boolean covers(int other) {
      return head == other;
    }

    @Override
    public OptionalInt single() {
      return OptionalInt.of(head);
    }
  }
}
