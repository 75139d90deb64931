package org.patchgrid.store;

/** What became of a task that was handed to the store. */
public enum CommitOutcome {
  /** Its files are now part of the study. */
  COMMITTED,
  /** The study had the same bytes already; the staged files were dropped. */
  ALREADY_COMMITTED
}
