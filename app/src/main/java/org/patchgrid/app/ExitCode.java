package org.patchgrid.app;

import org.patchgrid.execute.RunInterruptedException;
import org.patchgrid.execute.RunReport;

/** What a command's exit code means. */
final class ExitCode {
  static final int DONE = 0;

  /** A bug of ours. */
  static final int BUG = 1;

  /** Something the user can mend. */
  static final int USER_ERROR = 2;

  /** Done, but some tasks or pairs failed or were skipped, and are listed. */
  static final int INCOMPLETE = RunReport.INCOMPLETE;

  /** Interrupted; the same command resumes. */
  static final int INTERRUPTED = RunInterruptedException.EXIT_CODE;

  private ExitCode() {}
}
