package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/** Room on this machine's disks, as {@code doctor} looks for it. */
final class DiskSpace {
  private static final double BYTES_A_MEGABYTE = 1e6;

  private DiskSpace() {}

  /** The directory, or the nearest one above it that is there. */
  static Path existing(Path directory) {
    Path there = directory.toAbsolutePath();
    while (!Files.exists(there)) {
      there = Objects.requireNonNull(there.getParent(), "the root is always there");
    }
    return there;
  }

  /** Bytes, where the directory is or would be. */
  static long free(Path directory) throws IOException {
    return Files.getFileStore(existing(directory)).getUsableSpace();
  }

  /**
   * Makes a directory if it is not there, and a file in it.
   *
   * @param refused what is said of the directory and of the reason where that fails
   */
  static void requireWritable(Path directory, String refused) {
    try {
      Files.delete(Files.createTempFile(Files.createDirectories(directory), "patchgrid", ""));
    } catch (IOException e) {
      throw new PatchgridException(refused.formatted(directory, Reason.of(e)), e);
    }
  }

  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / BYTES_A_MEGABYTE);
  }
}
