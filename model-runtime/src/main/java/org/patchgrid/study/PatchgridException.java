package org.patchgrid.study;

/**
 * Something the user can mend: the message says what, where and how, in one line without a stack
 * trace. Commands end with exit code 2 on it. Anything else that is thrown is a bug of ours.
 */
public class PatchgridException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public PatchgridException(String message) {
    super(message);
  }

  public PatchgridException(String message, Throwable cause) {
    super(message, cause);
  }
}
