package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyOverrides.Setting;
import org.patchgrid.execute.Interruption;
import org.patchgrid.execute.RunInterruptedException;
import org.patchgrid.execute.RunReport;
import org.patchgrid.store.TaskCounts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a study. */
@Command(
    name = "run",
    description = "Run a study; resumes by itself when the output holds part of the same one.",
    footer = {
      "  ./patchgrid run conf/studies/guide-capitals.conf --out results/capitals",
      "  ./patchgrid run conf/studies/guide-capitals.conf --out results/kl \\",
      "      --set 'metrics=[kl]' --set sweep.layers=0-2 --master 'local[1]'"
    })
final class RunCommand extends PatchgridCommand {
  @Parameters(paramLabel = "STUDY.conf", description = "the study file")
  private String study = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "where results go (default: the study's output.path)")
  private @Nullable String out;

  @Mixin private SettingOptions changes = new SettingOptions();

  @Mixin private SparkOptions spark = new SparkOptions();

  @Option(
      names = "--retry-quarantined",
      description = "try the tasks again that an earlier run gave up")
  private boolean retryQuarantined;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description = "wavefront or reference, one forward pass a cell (default: the study's)")
  private @Nullable String engine;

  @Override
  int run() throws IOException {
    List<Setting> all = new ArrayList<>(changes.settings());
    if (engine != null) {
      all.add(new Setting("--engine " + engine, "execution.engine=" + engine));
    }
    StudyConfig config = Studies.read(study, all, Optional.ofNullable(out));
    return run(config, spark.master(), spark.settings(), retryQuarantined, out(), err());
  }

  /** Runs, prints how it went, and returns the exit code. */
  static int run(
      StudyConfig config,
      String master,
      List<String> sparkSettings,
      boolean retryQuarantined,
      PrintWriter standardOut,
      PrintWriter standardError)
      throws IOException {
    try (Interruption interruption = new Interruption()) {
      RunReport report =
          report(config, master, sparkSettings, retryQuarantined, standardError, interruption);
      print(config, report, standardOut);
      return report.exitCode();
    } catch (RunInterruptedException e) {
      return ExitCode.INTERRUPTED;
    }
  }

  private static RunReport report(
      StudyConfig config,
      String master,
      List<String> sparkSettings,
      boolean retryQuarantined,
      PrintWriter standardError,
      Interruption interruption)
      throws IOException {
    try (ConsoleProgress progress =
        new ConsoleProgress(standardError, Boolean.getBoolean("patchgrid.terminal"))) {
      return Studies.run(config, master, sparkSettings, retryQuarantined, progress, interruption);
    } catch (RunInterruptedException e) {
      // Said here: where the interruption is closed, the process may end at once.
      standardError.println("patchgrid: " + e.getMessage());
      standardError.flush();
      throw e;
    }
  }

  private static void print(StudyConfig config, RunReport report, PrintWriter standardOut) {
    TaskCounts counts = report.summary().counts();
    standardOut.printf(
        Locale.ROOT,
        "%s: %,d pairs, %,d cells, %,d rows in %s (tasks: %d computed, %d reused, %.1f s)%n",
        config.id(),
        counts.totalPairs(),
        counts.cells(),
        counts.totalRows(),
        report.directory(),
        report.computedTasks(),
        report.plan().taskCount() - report.computedTasks(),
        report.took().toMillis() / 1000.0);
    standardOut.println("rows by status: " + list(counts.rows()));
    if (report.hasGaps()) {
      standardOut.println("pairs by status: " + list(counts.pairs()) + " (reasons: table pairs)");
    }
    report
        .summary()
        .quarantined()
        .forEach(
            (task, why) ->
                standardOut.println(
                    "given up: task %d: %s (--retry-quarantined tries again)"
                        .formatted(task, why)));
  }

  static String list(Map<String, Long> counts) {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (name, count) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(String.format(Locale.ROOT, "%s %,d", name, count)));
    return text.toString();
  }
}
