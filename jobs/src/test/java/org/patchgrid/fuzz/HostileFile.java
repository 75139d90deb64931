package org.patchgrid.fuzz;

import java.io.IOException;

/** A reader of a file that a stranger may have written. */
@FunctionalInterface
interface HostileFile {
  /**
   * Reads a file with this content, as far as Patchgrid does.
   *
   * @throws org.patchgrid.study.PatchgridException if the user is told what is wrong with it
   * @throws IOException where the reader's own signature has it, and its callers tell the user
   */
  void read(byte[] content) throws IOException;
}
