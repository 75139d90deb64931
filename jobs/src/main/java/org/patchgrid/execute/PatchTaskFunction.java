package org.patchgrid.execute;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.patchgrid.experiment.StudyWork;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.store.StagedTask;
import org.patchgrid.store.TaskWriter;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.study.TaskResult;

/**
 * What runs on an executor: for each task number, read the pairs, measure the cells, stage the
 * files, report. Holds values only.
 *
 * @param statistics of the whole prompt set, as far as the study needs them
 * @param selection which cells of the tasks are measured
 */
record PatchTaskFunction(
    TaskInputs inputs,
    PromptSetStatistics statistics,
    CellSelection selection,
    TaskReports reports,
    TaskCounters counters)
    implements VoidFunction<Iterator<Integer>> {
  @Override
  public void call(Iterator<Integer> taskNumbers) throws IOException {
    ExecutorProblems.reported(reports, () -> run(taskNumbers));
  }

  private void run(Iterator<Integer> taskNumbers) throws IOException {
    Configuration configuration = inputs.hadoop().configuration();
    inputs.output().requireSeen(configuration);
    TaskModel model = ExecutorModel.get(inputs.model(), configuration, counters, reports);
    TaskWriter writer =
        new TaskWriter(
            new Path(inputs.output().directory()),
            configuration,
            inputs.driverRun(),
            inputs.fingerprint(),
            inputs.studyId(),
            inputs.model().computedBy(model));
    while (taskNumbers.hasNext()) {
      PatchTask task = inputs.plan().task(taskNumbers.next());
      List<PromptPair> pairs = inputs.readPairs(configuration, task.firstPair(), task.endPair());
      if (ExecutorProblems.isLocal()) {
        writer.began(task, TaskJob.isAlone());
      }
      TaskResult result =
          model.run(
              task,
              pairs,
              new StudyWork(
                  inputs.plan().sites(),
                  inputs.settings(),
                  statistics,
                  selection,
                  inputs.computation()));
      if (inputs.failOnUnusablePair()) {
        requireEveryPairUsable(result, inputs.promptsPath());
      }
      StagedTask staged = writer.write(task, TaskContext.get().taskAttemptId(), result);
      if (ExecutorProblems.isLocal()) {
        writer.ended(task, TaskJob.isAlone());
      }
      counters.done(staged.counts());
      reports.add(new TaskReport.Done(staged));
    }
  }

  private static void requireEveryPairUsable(TaskResult result, String prompts) {
    for (PairResult pair : result.pairs()) {
      if (!pair.tokenized().isUsable()) {
        throw new PatchgridException(
            "Cannot use pair '%s' of %s (%s): %s; mend it, or set prompts.on-error = skip"
                .formatted(
                    pair.tokenized().pair().id(),
                    prompts,
                    pair.tokenized().status().label(),
                    pair.reason().orElse("")));
      }
    }
  }
}
