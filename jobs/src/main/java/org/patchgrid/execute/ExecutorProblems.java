package org.patchgrid.execute;

import java.io.IOException;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.patchgrid.experiment.AuditException;
import org.patchgrid.study.HostName;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes wrong on an executor, and whether Spark should try again. */
final class ExecutorProblems {
  private static final Logger log = LoggerFactory.getLogger(ExecutorProblems.class);

  /** Spark's. */
  private static final int DEFAULT_ATTEMPTS = 4;

  private ExecutorProblems() {}

  /** What a partition has to do. */
  interface Work {
    void run() throws IOException;
  }

  /** Does it; what only a person can mend is reported to the driver, which stops the study. */
  static void reported(TaskReports reports, Work work) throws IOException {
    try {
      work.run();
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
                  .formatted(HostName.ofThisMachine(), Reason.of(e))));
    }
  }

  /** A local master tries once. */
  private static boolean isLastAttempt() {
    int attempts =
        isLocal() ? 1 : SparkEnv.get().conf().getInt("spark.task.maxFailures", DEFAULT_ATTEMPTS);
    return TaskContext.get().attemptNumber() + 1 >= attempts;
  }

  /** Whether tasks run in the driver's process. */
  static boolean isLocal() {
    return TaskExecution.isLocal(SparkEnv.get().conf());
  }
}
