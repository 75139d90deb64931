package org.patchgrid.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Jazzer calls (bin/fuzz): one target, named by its argument. {@code main} writes the seeds of
 * all targets.
 */
public final class ReaderFuzzer {
  private static ReaderLimits limits = new ReaderLimits(content -> {});

  private ReaderFuzzer() {}

  /**
   * Jazzer's own name for it.
   *
   * @param arguments a target, and a directory for its files
   */
  public static void fuzzerInitialize(String[] arguments) throws IOException {
    Path scratch = Files.createTempDirectory(Path.of(arguments[1]), arguments[0]);
    limits = new ReaderLimits(FuzzTargets.named(arguments[0]).reader().open(scratch));
  }

  /** Jazzer's own name for it. */
  public static void fuzzerTestOneInput(byte[] content) {
    limits.check(content);
  }

  /**
   * Writes seeds and lists the targets.
   *
   * @param arguments a directory
   */
  public static void main(String[] arguments) throws IOException {
    for (FuzzTarget target : FuzzTargets.ALL) {
      Path directory = Files.createDirectories(Path.of(arguments[0], target.name()));
      int number = 0;
      for (byte[] seed : target.seeds().contents()) {
        Files.write(directory.resolve("seed-" + number++), seed);
      }
      System.out.println(target.name());
    }
  }
}
