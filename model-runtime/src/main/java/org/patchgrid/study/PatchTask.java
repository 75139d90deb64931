package org.patchgrid.study;

import java.io.Serializable;

/**
 * The unit of work, of retry and of resume: a range of the prompt set's pairs times a range of the
 * plan's sites. Its result is one cells file (and one pairs file, from the task that holds the
 * pairs' first site).
 */
public record PatchTask(int number, long firstPair, long endPair, int firstSite, int endSite)
    implements Serializable {
  public PatchTask {
    if (number < 0 || firstPair < 0 || endPair <= firstPair) {
      throw new IllegalArgumentException(
          "Invalid task " + number + ": pairs [" + firstPair + ", " + endPair + ")");
    }
    if (firstSite < 0 || endSite <= firstSite) {
      throw new IllegalArgumentException(
          "Invalid task " + number + ": sites [" + firstSite + ", " + endSite + ")");
    }
  }

  /** Whether this task writes the rows of its pairs: the one with their first site does. */
  public boolean reportsPairs() {
    return firstSite == 0;
  }
}
