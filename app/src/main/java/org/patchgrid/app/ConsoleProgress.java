package org.patchgrid.app;

import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import org.patchgrid.execute.RunListener;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.store.StagedTask;

/** Progress on standard error: a live bar at a terminal, a line now and then elsewhere. */
final class ConsoleProgress implements RunListener, AutoCloseable {
  private static final long LINE_NANOSECONDS = 5_000_000_000L;

  private final PrintWriter err;
  private final boolean terminal;
  private @Nullable ProgressBar bar;
  private long start;
  private long lastLine;
  private long cells;
  private int tasks;
  private int tasksToDo;

  ConsoleProgress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public void planned(StudyPlan plan, int storedTasks, int toDo) {
    start = System.nanoTime();
    lastLine = start;
    tasksToDo = toDo;
    err.printf(
        Locale.ROOT,
        "%s: %,d pairs x %,d sites, tasks: %,d%s%n",
        plan.studyId(),
        plan.pairs(),
        plan.sites().size(),
        plan.taskCount(),
        storedTasks == 0 ? "" : ", " + storedTasks + " of them already stored");
    err.flush();
    if (terminal && tasksToDo > 0) {
      long expected = Math.round(plan.cells() * (double) tasksToDo / plan.taskCount());
      bar =
          new ProgressBarBuilder()
              .setTaskName(plan.studyId())
              .setUnit(" cells", 1)
              .setInitialMax(expected)
              .showSpeed()
              .build();
    }
  }

  @Override
  public void committed(StagedTask task) {
    cells += task.counts().cells();
    tasks++;
    if (bar != null) {
      bar.stepTo(cells);
      return;
    }
    long now = System.nanoTime();
    if (now - lastLine >= LINE_NANOSECONDS || tasks == tasksToDo) {
      lastLine = now;
      double seconds = (now - start) / 1e9;
      err.printf(
          Locale.ROOT,
          "%d of %d tasks, %,d cells, %.1f cells/s, about %.0f s left%n",
          tasks,
          tasksToDo,
          cells,
          cells / seconds,
          seconds / tasks * (tasksToDo - tasks));
      err.flush();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
