package org.patchgrid.store;

import java.io.IOException;

/** A staged file is missing, or is not what the executor reported: the task must be run again. */
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedFileException(String message) {
    super(message);
  }
}
