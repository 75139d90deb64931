package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/** Files that commands write by {@code --out}. */
final class OutputFiles {
  private OutputFiles() {}

  /** What writes a file that the user has named. */
  interface Writing {
    void run() throws IOException;
  }

  /**
   * @param option that named the file
   * @throws PatchgridException if the operating system refuses
   */
  static void write(Path file, String option, Writing writing) throws IOException {
    try {
      writing.run();
    } catch (FileSystemException e) {
      throw new PatchgridException(
          "Cannot write '%s': %s; choose another %s".formatted(file, Reason.of(e), option), e);
    }
  }

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
