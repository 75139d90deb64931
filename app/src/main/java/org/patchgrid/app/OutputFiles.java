package org.patchgrid.app;

import java.nio.file.Files;
import java.nio.file.Path;
import org.patchgrid.study.PatchgridException;

/** Files that commands write by {@code --out}. */
final class OutputFiles {
  private OutputFiles() {}

  /**
   * @throws PatchgridException if the directory of {@code file} is not there
   */
  static void requireDirectoryOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new PatchgridException(
          "Cannot write '%s': its directory is not there; make it, or choose another --out"
              .formatted(file));
    }
  }
}
