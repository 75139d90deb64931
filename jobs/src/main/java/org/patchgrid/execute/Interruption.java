package org.patchgrid.execute;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While it is open, a signal that ends the process (Ctrl-C, SIGTERM) ends the run in order first:
 * what is computed is committed, the manifest says that the run was interrupted, and the exit code
 * is {@value RunInterruptedException#EXIT_CODE} for every signal.
 *
 * <p>Built on Hadoop's shutdown hooks because they have an order, and Spark's own is one of them:
 * ours comes before it, so that the context is alive while the run ends, and halts after it.
 */
public final class Interruption implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Interruption.class);
  private static final int BEFORE_SPARK = 1000;
  private static final int AFTER_ALL = 0;
  private static final long SECONDS_TO_END = 20;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable stop = this::stop;
  private final Runnable halt = Interruption::halt;
  private Optional<StudyRun> run = Optional.empty();
  private boolean asked;

  public Interruption() {
    ShutdownHookManager hooks = ShutdownHookManager.get();
    if (!hooks.isShutdownInProgress()) {
      hooks.addShutdownHook(stop, BEFORE_SPARK, SECONDS_TO_END + 5, TimeUnit.SECONDS);
      hooks.addShutdownHook(halt, AFTER_ALL);
    }
  }

  /** The run to end, from now on. */
  public synchronized void stops(StudyRun started) {
    run = Optional.of(started);
    if (asked) {
      started.stop();
    }
  }

  private void stop() {
    synchronized (this) {
      asked = true;
      run.ifPresent(StudyRun::stop);
      if (run.isEmpty()) {
        return; // nothing is stored yet
      }
    }
    try {
      if (!ended.await(SECONDS_TO_END, TimeUnit.SECONDS)) {
        log.warn("The run did not end within {} s: it is left as if killed", SECONDS_TO_END);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void halt() {
    Runtime.getRuntime().halt(RunInterruptedException.EXIT_CODE);
  }

  /** The run has ended, whether it was asked to or not. */
  @Override
  public void close() {
    ended.countDown();
    ShutdownHookManager hooks = ShutdownHookManager.get();
    if (!hooks.isShutdownInProgress()) {
      hooks.removeShutdownHook(stop);
      hooks.removeShutdownHook(halt);
    }
  }
}
