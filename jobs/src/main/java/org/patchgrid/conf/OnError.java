package org.patchgrid.conf;

/** What becomes of a study when one of its pairs cannot be used. */
public enum OnError {
  /** The pair is listed with its status and left out; the command ends with exit code 3. */
  SKIP,
  /** The study stops at the pair. */
  FAIL
}
