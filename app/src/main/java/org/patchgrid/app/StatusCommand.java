package org.patchgrid.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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

/** Says how far a study is. */
@Command(
    name = "status",
    description = "Say what of a study is done, failed or skipped.",
    footer = {
      "  ./patchgrid status results/demo",
      "  ./patchgrid status results/demo --format json"
    })
final class StatusCommand extends ResultsCommand {
  private static final String UNFINISHED =
      "has not ended (it is running, or was killed: run it again to resume)";

  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private FormatOption format = new FormatOption();

  @Override
  int run() throws IOException {
    StoredStudy study = StoredStudy.read(Studies.results(directory()), new Configuration());
    switch (format.chosen()) {
      case TABLE -> printTable(study);
      case CSV -> printCsv(study);
      case JSON -> out().println(JSON.writeValueAsString(values(study)));
    }
    return ExitCode.DONE;
  }

  private void printTable(StoredStudy study) {
    StoreSummary summary = study.summary();
    TaskCounts counts = summary.counts();
    line("study", study.identity().studyId());
    line("fingerprint", study.identity().fingerprint());
    line(
        "tasks done", summary.completedTasks() + study.tasks().map(all -> " of " + all).orElse(""));
    line("cells", String.format(Locale.ROOT, "%,d", counts.cells()));
    line("cells failed", String.format(Locale.ROOT, "%,d", counts.failedCells()));
    line("cells audited", audited(counts));
    counts.recoveryErrors().forEach((metric, error) -> line("error of " + metric, describe(error)));
    line("rows by status", RunCommand.list(counts.rows()));
    line("pairs by status", RunCommand.list(counts.pairs()));
    line("model loads", summary.modelLoads() + " in " + summary.runs().size() + " runs");
    summary.quarantined().forEach((task, why) -> line("quarantined", "task " + task + ": " + why));
    study
        .compaction()
        .ifPresent(
            origin ->
                line(
                    "compacted",
                    "%,d files, from %s, %s"
                        .formatted(origin.files(), origin.source(), origin.at())));
    line("last run", study.lastStatus().map(StatusCommand::ending).orElse(UNFINISHED));
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

  private void line(String name, String value) {
    out().printf("%-16s %s%n", name, value);
  }

  private static String ending(RunStatus status) {
    return "%s, exit code %d, %s".formatted(outcome(status), status.exitCode(), status.at());
  }

  private static String outcome(RunStatus status) {
    return status.outcome().name().toLowerCase(Locale.ROOT);
  }

  /** Two columns, since a study may have any number of statuses. */
  private void printCsv(StoredStudy study) throws IOException {
    CSVPrinter csv = ColumnPrinter.Csv.printer(out());
    csv.printRecord("name", "value");
    for (Map.Entry<String, @Nullable Object> value : values(study).entrySet()) {
      print(csv, value.getKey(), value.getValue());
    }
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
    values.put("recovery_errors", JSON.convertValue(summary.counts().recoveryErrors(), Map.class));
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
