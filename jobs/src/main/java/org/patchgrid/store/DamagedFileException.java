package org.patchgrid.store;

import java.io.IOException;

/**
 * A file is missing, or is not what was reported of it; a staged one: its task must be run again.
 */
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedFileException(String message) {
    super(message);
  }
}
