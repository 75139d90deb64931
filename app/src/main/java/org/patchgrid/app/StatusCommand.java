package org.patchgrid.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.csv.CSVPrinter;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.patchgrid.store.CompactionOrigin;
import org.patchgrid.store.RunStatus;
import org.patchgrid.store.StoreSummary;
import org.patchgrid.store.StoredStudy;
import org.patchgrid.store.TaskCounts;
import org.patchgrid.study.RecoveryError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says how far a study is. */
@Command(
    name = "status",
    description = "Say what of a study is done, failed or skipped.",
    mixinStandardHelpOptions = true,
    footerHeading = Patchgrid.EXAMPLES,
    footer = {
      "  ./patchgrid status results/demo",
      "  ./patchgrid status results/demo --format json"
    })
final class StatusCommand implements Callable<Integer> {
  private static final String UNFINISHED =
      "has not ended (it is running, or was killed: run it again to resume)";

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "the --out of a run")
  private String directory = "";

  @Mixin private FormatOption format = new FormatOption();

  @Override
  public Integer call() throws IOException {
    StoredStudy study = StoredStudy.read(Studies.results(directory), new Configuration());
    PrintWriter out = Console.out(spec);
    switch (format.chosen()) {
      case TABLE -> printTable(study, out);
      case CSV -> printCsv(study, out);
      case JSON -> out.println(new ObjectMapper().writeValueAsString(values(study)));
    }
    out.flush();
    return ExitCode.DONE;
  }

  private static void printTable(StoredStudy study, PrintWriter out) {
    StoreSummary summary = study.summary();
    TaskCounts counts = summary.counts();
    line(out, "study", study.identity().studyId());
    line(out, "fingerprint", study.identity().fingerprint());
    line(
        out,
        "tasks done",
        summary.completedTasks() + study.tasks().map(all -> " of " + all).orElse(""));
    line(out, "cells", String.format(Locale.ROOT, "%,d", counts.cells()));
    line(out, "cells failed", String.format(Locale.ROOT, "%,d", counts.failedCells()));
    line(out, "cells audited", audited(counts));
    counts
        .recoveryErrors()
        .forEach((metric, error) -> line(out, "error of " + metric, describe(error)));
    line(out, "rows by status", RunCommand.list(counts.rows()));
    line(out, "pairs by status", RunCommand.list(counts.pairs()));
    line(out, "model loads", summary.modelLoads() + " in " + summary.runs().size() + " runs");
    summary
        .quarantined()
        .forEach((task, why) -> line(out, "quarantined", "task " + task + ": " + why));
    study
        .compaction()
        .ifPresent(
            origin ->
                line(
                    out,
                    "compacted",
                    "%,d files, from %s, %s"
                        .formatted(origin.files(), origin.source(), origin.at())));
    line(out, "last run", study.lastStatus().map(StatusCommand::ending).orElse(UNFINISHED));
  }

  /** One that had not agreed would have stopped the study. */
  private static String audited(TaskCounts counts) {
    return String.format(Locale.ROOT, "%,d", counts.auditedCells())
        + (counts.auditedCells() > 0 ? ", all agreed" : "");
  }

  private static String describe(RecoveryError error) {
    return String.format(
        Locale.ROOT,
        "recovery within %.3g of float32, %.3g on average, in %,d audited rows",
        error.largest(),
        error.mean(),
        error.rows());
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("%-16s %s%n", name, value);
  }

  private static String ending(RunStatus status) {
    return "%s, exit code %d, %s".formatted(outcome(status), status.exitCode(), status.at());
  }

  private static String outcome(RunStatus status) {
    return status.outcome().name().toLowerCase(Locale.ROOT);
  }

  /** Two columns, since a study may have any number of statuses. */
  private static void printCsv(StoredStudy study, PrintWriter out) throws IOException {
    CSVPrinter csv = ColumnPrinter.Csv.printer(out);
    csv.printRecord("name", "value");
    for (Map.Entry<String, @Nullable Object> value : values(study).entrySet()) {
      print(csv, value.getKey(), value.getValue());
    }
    csv.flush();
  }

  private static void print(CSVPrinter csv, String name, @Nullable Object value)
      throws IOException {
    if (value instanceof Map<?, ?> parts) {
      for (Map.Entry<?, ?> part : parts.entrySet()) {
        print(csv, name + "." + part.getKey(), part.getValue());
      }
    } else {
      csv.printRecord(name, value);
    }
  }

  private static Map<String, Object> values(RecoveryError error) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("rows", error.rows());
    values.put("mean", error.mean());
    values.put("largest", error.largest());
    return values;
  }

  /** For programs; null where unknown. */
  private static Map<String, @Nullable Object> values(StoredStudy study) {
    StoreSummary summary = study.summary();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("study_id", study.identity().studyId());
    values.put("fingerprint", study.identity().fingerprint());
    values.put("tasks", study.tasks().map(Integer::valueOf).orElse(null));
    values.put("tasks_done", summary.completedTasks());
    values.put("cells", summary.counts().cells());
    values.put("cells_failed", summary.counts().failedCells());
    values.put("cells_audited", summary.counts().auditedCells());
    Map<String, Map<String, Object>> errors = new LinkedHashMap<>();
    summary.counts().recoveryErrors().forEach((metric, error) -> errors.put(metric, values(error)));
    values.put("recovery_errors", errors);
    values.put("rows", summary.counts().rows());
    values.put("pairs", summary.counts().pairs());
    values.put("model_loads", summary.modelLoads());
    values.put("runs", summary.runs().size());
    values.put("quarantined", summary.quarantined());
    values.put("outcome", study.lastStatus().map(StatusCommand::outcome).orElse(null));
    values.put("exit_code", study.lastStatus().map(RunStatus::exitCode).orElse(null));
    values.put("ended_at", study.lastStatus().map(RunStatus::at).orElse(null));
    values.put("compacted_from", study.compaction().map(CompactionOrigin::source).orElse(null));
    return values;
  }
}
