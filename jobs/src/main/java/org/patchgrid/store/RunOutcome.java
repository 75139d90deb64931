package org.patchgrid.store;

/** How a driver's run on a study ended. */
public enum RunOutcome {
  /** Every task of the study is stored. */
  COMPLETE,
  /** The run came to its end, but gave tasks up, which are not stored. */
  INCOMPLETE,
  /** The user stopped it; the same command resumes. */
  INTERRUPTED,
  /** An error stopped it. */
  FAILED;

  /** Whether all that could be computed is stored. */
  boolean isEndOfStudy() {
    return this == COMPLETE || this == INCOMPLETE;
  }
}
