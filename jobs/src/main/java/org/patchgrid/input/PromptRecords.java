package org.patchgrid.input;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.patchgrid.study.PatchgridException;

/** The records of an open prompt file, in order. */
interface PromptRecords extends Closeable {
  /**
   * The next record; empty at the end of the file.
   *
   * @throws PatchgridException if it is malformed; the next call goes on behind it, or ends where
   *     the format cannot tell where the next record begins
   */
  Optional<PromptRecord> next() throws IOException;
}
