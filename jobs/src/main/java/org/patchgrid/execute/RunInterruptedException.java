package org.patchgrid.execute;

/** The run was asked to stop and did; what was computed is stored, and the same study resumes. */
public final class RunInterruptedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Exit code of a command that was interrupted. */
  public static final int EXIT_CODE = 130;

  RunInterruptedException(int storedTasks, int tasks) {
    super(
        "interrupted: %,d of %,d tasks are stored; the same command resumes"
            .formatted(storedTasks, tasks));
  }
}
