package org.patchgrid.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.patchgrid.study.PatchgridException;

/**
 * What a reader may do with any file: read it, or say in one type of error what is wrong with it;
 * in a second of this thread's time, and with little memory. Nothing else may come out. Not safe
 * for several threads.
 */
final class ReaderLimits {
  private static final long MOST_NANOSECONDS = 1_000_000_000;

  /**
   * Taken in all, most of it given back at once. Thrift, which reads Parquet's footers, takes what
   * a file says of a string, up to 100 MiB; a study of many sites is planned with as much.
   */
  private static final long MOST_BYTES = 128L << 20;

  private static final long MOST_HEAP_GROWTH = 64L << 20;

  /** So often the heap is looked at, behind a collection. */
  private static final long EXECUTIONS_BETWEEN_LOOKS = 200_000;

  private static final int REPETITIONS = 2;
  private static final long FIRST_LOOK = 20_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final HostileFile reader;
  private long executions;
  private long heapAtFirstLook;

  ReaderLimits(HostileFile reader) {
    this.reader = reader;
  }

  /** What came of a file. */
  enum Outcome {
    READ,
    REFUSED
  }

  /**
   * Reads a file with this content.
   *
   * @throws AssertionError if the reader kept a limit of this class not, or threw another type
   */
  Outcome check(byte[] content) {
    Use use = use(content);
    for (int again = 0; use.isTooMuch() && again < REPETITIONS; again++) {
      use = use(content); // the first time may have loaded classes, and an agent changed them
    }
    if (use.nanoseconds() > MOST_NANOSECONDS) {
      throw new AssertionError("Reading took " + use.nanoseconds() / 1_000_000 + " ms");
    }
    if (use.bytes() > MOST_BYTES) {
      throw new AssertionError("Reading took " + (use.bytes() >> 20) + " MiB of memory");
    }
    lookAtHeap();
    return use.outcome();
  }

  private record Use(Outcome outcome, long nanoseconds, long bytes) {
    boolean isTooMuch() {
      return nanoseconds > MOST_NANOSECONDS || bytes > MOST_BYTES;
    }
  }

  private Use use(byte[] content) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long nanoseconds = THREADS.getCurrentThreadCpuTime();
    Outcome outcome = outcome(content);
    return new Use(
        outcome,
        THREADS.getCurrentThreadCpuTime() - nanoseconds,
        THREADS.getCurrentThreadAllocatedBytes() - bytes);
  }

  private Outcome outcome(byte[] content) {
    try {
      reader.read(content);
      return Outcome.READ;
    } catch (PatchgridException e) {
      if (e.getMessage() == null || e.getMessage().isBlank()) {
        throw new AssertionError("An error without a word", e);
      }
      return Outcome.REFUSED;
    } catch (IOException e) {
      return Outcome.REFUSED;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("No error for users: " + e, e);
    }
  }

  private void lookAtHeap() {
    executions++;
    if (executions == FIRST_LOOK) {
      heapAtFirstLook = heap();
    } else if (executions % EXECUTIONS_BETWEEN_LOOKS == 0) {
      long grown = heap() - heapAtFirstLook;
      if (grown > MOST_HEAP_GROWTH) {
        throw new AssertionError(
            "The heap grew by " + (grown >> 20) + " MiB in " + executions + " executions");
      }
    }
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
