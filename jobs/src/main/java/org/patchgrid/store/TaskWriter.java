package org.patchgrid.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.TaskResult;
import org.patchgrid.table.CellTable;
import org.patchgrid.table.FooterTag;
import org.patchgrid.table.PairTable;

/**
 * The executors' side of the store: writes a task's files into the staging directory of the
 * driver's run, and nowhere else. Safe for several threads.
 */
public final class TaskWriter {
  private final ResultDirectory directory;
  private final DriverRun run;
  private final String fingerprint;
  private final String studyId;
  private final ComputedWith computedWith;

  /**
   * @param directory the study's directory ({@link ResultStore#directory()})
   * @param fingerprint {@link StudyIdentity#fingerprint()}
   * @param computedWith what this executor computes with
   */
  public TaskWriter(
      Path directory,
      Configuration configuration,
      DriverRun run,
      String fingerprint,
      String studyId,
      ComputedWith computedWith)
      throws IOException {
    this.directory = ResultDirectory.at(directory, configuration);
    this.run = run;
    this.fingerprint = fingerprint;
    this.studyId = studyId;
    this.computedWith = computedWith;
  }

  /**
   * Writes the cells file and, if the task reports pairs, the pairs file; both are closed when this
   * returns. A task without rows has files without rows: they are what says that it is done.
   *
   * @param attempt a number that no other attempt of this driver run has (Spark: {@code
   *     taskAttemptId})
   * @throws IllegalStateException if the rows break a promise of the tables (order, keys, NaN)
   */
  public StagedTask write(PatchTask task, long attempt, TaskResult result) throws IOException {
    if (!task.reportsPairs() && !result.pairs().isEmpty()) {
      throw new IllegalStateException("Task " + task.number() + " has no pairs to report");
    }
    FooterTag tag = FooterTag.ofTask(fingerprint, task.number());
    Configuration configuration = directory.configuration();
    List<ResultFile> files = new ArrayList<>();
    String name = run.stagingDirectory() + "/" + task.number() + "-" + attempt + ".";
    if (task.reportsPairs()) {
      files.add(
          stage(
              ResultTable.PAIRS,
              name,
              out -> PairTable.write(out, configuration, tag, studyId, result.pairs())));
    }
    files.add(
        stage(
            ResultTable.CELLS,
            name,
            out -> CellTable.write(out, configuration, tag, studyId, result.measurements())));
    return new StagedTask(task.number(), files, TaskCounts.of(result), computedWith);
  }

  /** Leaves word that a task has begun, for the case that it ends this process and the driver's. */
  public void began(PatchTask task, boolean alone) throws IOException {
    new StartedTasks(directory).begin(run, task.number(), alone);
  }

  /** Takes that word back. */
  public void ended(PatchTask task, boolean alone) throws IOException {
    new StartedTasks(directory).end(run, task.number(), alone);
  }

  private ResultFile stage(ResultTable table, String name, ResultDirectory.TableWriter rows)
      throws IOException {
    String path = name + table.label() + ".parquet";
    return ResultDirectory.retrying(
        () -> {
          directory.delete(path);
          return directory.write(table, path, rows);
        });
  }
}
