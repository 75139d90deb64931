package org.patchgrid.app;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.store.Verification;
import org.patchgrid.store.VerificationProblem;
import org.patchgrid.store.VerificationReport;
import picocli.CommandLine.Command;

/** Checks every file of a study. */
@Command(
    name = "verify",
    description = "Re-hash every file against the manifest; print the hash of the sorted rows.",
    footer = {"  ./patchgrid verify results/demo"})
final class VerifyCommand extends ResultsCommand {
  @Override
  int run() throws IOException {
    VerificationReport report =
        Verification.verify(Studies.results(directory()), new Configuration());
    out()
        .printf(
            Locale.ROOT,
            "%d files, %,d pairs, %,d rows%n",
            report.files(),
            report.pairRows(),
            report.cellRows());
    printMachines(report);
    report.sortedRowsHash().ifPresent(hash -> out().println("sha256 of the sorted rows: " + hash));
    report.problems().forEach(problem -> out().println(kind(problem) + " " + problem));
    out()
        .println(
            report.passed()
                ? "all files are as the manifest says"
                : "this study is damaged: restore the files from a copy, or run it again with another --out");
    return report.passed() ? ExitCode.DONE : ExitCode.USER_ERROR;
  }

  /**
   * One line a kind of machine: which tasks, where there are several kinds, since bits may differ.
   */
  private void printMachines(VerificationReport report) {
    boolean one = report.tasksByMachine().size() == 1;
    report
        .tasksByMachine()
        .forEach(
            (machine, tasks) ->
                out()
                    .printf(
                        Locale.ROOT,
                        "computed with %s on %s: %,d tasks%s%n",
                        machine.kernel(),
                        machine.processor(),
                        tasks.size(),
                        one ? "" : " (" + ranges(tasks) + ")"));
    if (!one && !report.tasksByMachine().isEmpty()) {
      out()
          .println(
              "processors of several kinds computed this study: the last bits of its numbers may depend on which");
    }
  }

  /** Numbers in ascending order as "0-4, 7". */
  static String ranges(List<Integer> numbers) {
    StringBuilder text = new StringBuilder();
    for (int first = 0; first < numbers.size(); ) {
      int last = first;
      while (last + 1 < numbers.size() && numbers.get(last + 1) == numbers.get(last) + 1) {
        last++;
      }
      text.append(text.isEmpty() ? "" : ", ").append(numbers.get(first));
      text.append(last > first ? "-" + numbers.get(last) : "");
      first = last + 1;
    }
    return text.toString();
  }

  private static String kind(VerificationProblem problem) {
    return problem.kind().name().replace('_', ' ');
  }
}
