package org.patchgrid.execute;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.patchgrid.experiment.AuditException;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.store.StagedTask;
import org.patchgrid.store.TaskWriter;
import org.patchgrid.study.CacheDirectory;
import org.patchgrid.study.HostName;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.TaskResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs on an executor: for each task number, read the pairs, measure the cells, stage the
 * files, report. Holds values only.
 */
public final class PatchTaskFunction implements VoidFunction<Iterator<Integer>> {
  private static final long serialVersionUID = 1;
  private static final Logger log = LoggerFactory.getLogger(PatchTaskFunction.class);

  /** Spark's. */
  private static final int DEFAULT_ATTEMPTS = 4;

  private final TaskInputs inputs;
  private final TaskReports reports;
  private final TaskCounters counters;

  PatchTaskFunction(TaskInputs inputs, TaskReports reports, TaskCounters counters) {
    this.inputs = inputs;
    this.reports = reports;
    this.counters = counters;
  }

  @Override
  public void call(Iterator<Integer> taskNumbers) throws IOException {
    try {
      run(taskNumbers);
    } catch (PatchgridException e) {
      // Running it again would not help, so Spark must not retry: the driver stops the study.
      reports.add(new TaskReport.UserProblem(String.valueOf(e.getMessage())));
    } catch (AuditException e) {
      // Nor here: an attempt that happens to agree would hide a machine that computes wrongly.
      log.error("Stopping the study", e);
      reports.add(new TaskReport.AuditDisagreement(String.valueOf(e.getMessage())));
    } catch (IOException | FSError e) {
      if (!isLastAttempt()) {
        throw e; // Spark tries again, perhaps where the disk is not full
      }
      log.error("Stopping the study", e);
      reports.add(
          new TaskReport.UserProblem(
              "Executor host %s: %s; mend it and run the same command again, which resumes"
                  .formatted(
                      HostName.ofThisMachine(),
                      String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " "))));
    }
  }

  /** A local master tries once. */
  private static boolean isLastAttempt() {
    int attempts =
        isLocal() ? 1 : SparkEnv.get().conf().getInt("spark.task.maxFailures", DEFAULT_ATTEMPTS);
    return TaskContext.get().attemptNumber() + 1 >= attempts;
  }

  /** Whether tasks run in the driver's process. */
  private static boolean isLocal() {
    return TaskExecution.isLocal(SparkEnv.get().conf());
  }

  private void run(Iterator<Integer> taskNumbers) throws IOException {
    Configuration configuration = inputs.hadoop().configuration();
    inputs.output().requireSeen(configuration);
    TaskWriter writer =
        new TaskWriter(
            new Path(inputs.output().directory()),
            configuration,
            inputs.driverRun(),
            inputs.fingerprint(),
            inputs.studyId(),
            inputs.model().computedHere());
    LoadedModel model =
        ExecutorModel.get(
            inputs.model(),
            configuration,
            isLocal() ? Optional.empty() : Optional.of(CacheDirectory.sharedWeights()),
            took -> {
              counters.loaded(took);
              reports.add(new TaskReport.ModelLoaded(SparkEnv.get().executorId(), took.toMillis()));
            });
    while (taskNumbers.hasNext()) {
      PatchTask task = inputs.plan().task(taskNumbers.next());
      List<PromptPair> pairs = inputs.readPairs(configuration, task);
      if (isLocal()) {
        writer.began(task, TaskJob.isAlone());
      }
      TaskResult result =
          model.run(task, pairs, inputs.plan().sites(), inputs.settings(), inputs.computation());
      if (inputs.failOnUnusablePair()) {
        requireEveryPairUsable(result, inputs.promptsPath());
      }
      StagedTask staged = writer.write(task, TaskContext.get().taskAttemptId(), result);
      if (isLocal()) {
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
