package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

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

  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / BYTES_A_MEGABYTE);
  }
}
