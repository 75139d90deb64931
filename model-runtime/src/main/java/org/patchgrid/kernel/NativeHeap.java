package org.patchgrid.kernel;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The C library's memory, where libtorch has its arrays. By itself glibc gives freed memory back to
 * the system soon, and a pass, which frees all that a layer made at the layer's end, would get the
 * same pages anew for every layer, cleared each time: an eighth of its time (docs/performance.md).
 */
final class NativeHeap {
  private static final Logger log = LoggerFactory.getLogger(NativeHeap.class);

  /** {@code mallopt}'s numbers, of malloc.h. */
  private static final int TRIM_THRESHOLD = -1;

  private static final int MMAP_THRESHOLD = -3;

  /** Twice the largest wave's layer ({@code WaveSize}): freed memory below that is kept. */
  private static final int KEPT_BYTES = 512 << 20;

  /**
   * Larger arrays are mapped by themselves and given back: in the heap they would leave holes that
   * the next layer's, a little larger, do not fit into.
   */
  private static final int LARGEST_KEPT_ARRAY = 8 << 20;

  private NativeHeap() {}

  /** Lets this process keep what is freed. Changes nothing where the C library is not glibc. */
  static void keepFreed() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      Function mallopt = Function.getFunction(Platform.C_LIBRARY_NAME, "mallopt");
      boolean set =
          set(mallopt, MMAP_THRESHOLD, LARGEST_KEPT_ARRAY)
              && set(mallopt, TRIM_THRESHOLD, KEPT_BYTES);
      if (!set) {
        log.warn("The C library refused to keep freed memory: sweeps take longer");
      }
    } catch (LinkageError e) {
      log.warn("Cannot tell the C library to keep freed memory: sweeps take longer", e);
    }
  }

  private static boolean set(Function mallopt, int parameter, int value) {
    return mallopt.invokeInt(new Object[] {parameter, value}) == 1;
  }
}
