package org.patchgrid.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NativeHeapTest {
  private static final int ARRAYS = 16;
  private static final int FLOATS = 1 << 20;
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = ARRAYS * FLOATS / PAGE_BYTES * Float.BYTES;

  /**
   * A layer's arrays are freed at its end, and the next layer makes as many. A thread's memory is
   * in pieces of 64 MiB, of which the last may be given back; by itself the C library gives back
   * more than a third of all.
   */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/thread-self/stat")
  void memoryThatWasFreedIsUsedAgainWithoutTheSystem() throws IOException {
    try (NDManager manager = NativeLibraries.engine().newBaseManager(ai.djl.Device.cpu())) {
      layer(manager);
      layer(manager);
      long before = pageFaults();
      layer(manager);
      assertThat(pageFaults() - before).as("of %d pages", PAGES).isLessThan(PAGES / 8);
    }
  }

  private static void layer(NDManager parent) {
    try (NDManager layer = parent.newSubManager()) {
      for (int i = 0; i < ARRAYS; i++) {
        layer.ones(new Shape(FLOATS));
      }
    }
  }

  /** This thread's. */
  private static long pageFaults() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[7]);
  }
}
