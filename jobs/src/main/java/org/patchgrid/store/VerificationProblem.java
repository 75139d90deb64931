package org.patchgrid.store;

/**
 * Something that is not as the manifest says.
 *
 * @param file relative to the study's directory
 * @param detail a sentence for people
 */
public record VerificationProblem(Kind kind, String file, String detail) {
  /** What is wrong with a file. */
  public enum Kind {
    /** Listed, but not there. */
    MISSING,
    /**
     * There, but not listed: a foreign file, or one whose driver was killed; a resume adopts it.
     */
    UNLISTED,
    /** Its bytes are not those that were committed. */
    DAMAGED,
    /** Its bytes are those that were committed, but its rows are not as promised. */
    WRONG_ROWS,
    /** The text of the study beside the results is not the one that was run. */
    STUDY_TEXT_CHANGED
  }

  @Override
  public String toString() {
    return file + ": " + detail;
  }
}
