package org.patchgrid.execute;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.util.AccumulatorV2;
import org.jspecify.annotations.Nullable;

/**
 * Carries reports from tasks to the driver as each Spark task ends, while the job runs.
 *
 * <p>An accumulator, because Spark merges an action's accumulators for exactly the one attempt of a
 * task that it accepts: a speculative twin or a retried attempt that also staged files is never
 * reported. On the driver, reports go into a queue for the thread that commits them (merging
 * happens in Spark's scheduler thread, which must not wait for a file system).
 */
final class TaskReports extends AccumulatorV2<TaskReport, List<TaskReport>> {
  private static final long serialVersionUID = 1;

  /** How long the driver waits for a report before it looks whether the job has ended. */
  private static final long POLL_MILLISECONDS = 100;

  private final List<TaskReport> reports = Collections.synchronizedList(new ArrayList<>());
  private transient @Nullable BlockingQueue<TaskReport> queue;

  /** The driver's end. */
  static TaskReports onDriver() {
    TaskReports reports = new TaskReports();
    reports.queue = new LinkedBlockingQueue<>();
    return reports;
  }

  /**
   * @throws IllegalStateException on an executor
   */
  private BlockingQueue<TaskReport> queue() {
    if (queue == null) {
      throw new IllegalStateException("Reports are read on the driver only");
    }
    return queue;
  }

  interface Reader<E extends Exception> {
    void accept(TaskReport report) throws E;
  }

  /** What is done after each wait for one. */
  interface Pause<E extends Exception> {
    void run() throws E;
  }

  /** Hands on what arrives, in this thread, until it is enough, and then what is there by then. */
  <E extends Exception> void follow(BooleanSupplier enough, Reader<E> reader, Pause<E> pause)
      throws E, InterruptedException {
    while (!enough.getAsBoolean()) {
      accept(reader, queue().poll(POLL_MILLISECONDS, TimeUnit.MILLISECONDS));
      pause.run();
    }
    while (!queue().isEmpty()) {
      accept(reader, queue().poll());
    }
  }

  private static <E extends Exception> void accept(Reader<E> reader, @Nullable TaskReport report)
      throws E {
    if (report != null) {
      reader.accept(report);
    }
  }

  @Override
  public boolean isZero() {
    return reports.isEmpty();
  }

  @Override
  public TaskReports copy() {
    TaskReports copy = new TaskReports();
    copy.reports.addAll(reports);
    return copy;
  }

  @Override
  public void reset() {
    reports.clear();
  }

  @Override
  public void add(TaskReport report) {
    reports.add(report);
  }

  @Override
  public void merge(AccumulatorV2<TaskReport, List<TaskReport>> other) {
    if (queue != null) {
      queue.addAll(other.value());
    } else {
      reports.addAll(other.value());
    }
  }

  @Override
  public List<TaskReport> value() {
    synchronized (reports) {
      return List.copyOf(reports);
    }
  }
}
