package org.patchgrid;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process holds, on Linux. */
public final class ResidentMemory {
  private static final int ROUNDS = 3;
  private static final int LOOKS = 5;

  private ResidentMemory() {}

  /** After Java has freed what it can: what Java itself holds back is not what tests measure. */
  public static long kilobytes() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** Work that is repeated. */
  public interface Work {
    void run(int times);
  }

  /**
   * How much more is held after {@code times} repetitions than before, in kB: that of up to three
   * rounds, until it is below what is allowed, since a leak grows in each of them and Java's
   * compilers in one or the other. Of a round the least of five looks, since Java's own memory
   * comes and goes by tens of megabytes.
   */
  public static long growth(int times, long allowed, Work work) throws IOException {
    long before = least(1, work);
    long growth = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && growth >= allowed; round++) {
      long after = least(times / LOOKS, work);
      growth = after - before;
      before = after;
    }
    return growth;
  }

  private static long least(int times, Work work) throws IOException {
    long least = Long.MAX_VALUE;
    for (int look = 0; look < LOOKS; look++) {
      work.run(times);
      least = Math.min(least, kilobytes());
    }
    return least;
  }
}
