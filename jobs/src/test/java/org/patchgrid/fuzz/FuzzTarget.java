package org.patchgrid.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A reader of files that strangers write, and files that it can read.
 *
 * @param name what bin/fuzz and the directories of findings call it
 */
record FuzzTarget(String name, Seeds seeds, Reader reader) {
  /** Where mutations begin. */
  @FunctionalInterface
  interface Seeds {
    List<byte[]> contents() throws IOException;
  }

  /** Makes the reader, with a directory of its own for the files that belong together. */
  @FunctionalInterface
  interface Reader {
    HostileFile open(Path scratch) throws IOException;
  }
}
