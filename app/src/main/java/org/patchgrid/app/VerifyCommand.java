package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.patchgrid.store.Verification;
import org.patchgrid.store.VerificationProblem;
import org.patchgrid.store.VerificationReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks every file of a study. */
@Command(
    name = "verify",
    description = "Re-hash every file against the manifest; print the hash of the sorted rows.",
    mixinStandardHelpOptions = true,
    footerHeading = Patchgrid.EXAMPLES,
    footer = {"  ./patchgrid verify results/demo"})
final class VerifyCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "the --out of a run")
  private String directory = "";

  @Override
  public Integer call() throws IOException {
    VerificationReport report =
        Verification.verify(Studies.results(directory), new Configuration());
    PrintWriter out = Console.out(spec);
    out.printf(
        Locale.ROOT,
        "%d files, %,d pairs, %,d rows%n",
        report.files(),
        report.pairRows(),
        report.cellRows());
    printMachines(report, out);
    report.sortedRowsHash().ifPresent(hash -> out.println("sha256 of the sorted rows: " + hash));
    report.problems().forEach(problem -> out.println(kind(problem) + " " + problem));
    out.println(
        report.passed()
            ? "all files are as the manifest says"
            : "this study is damaged: restore the files from a copy, or run it again with another --out");
    out.flush();
    return report.passed() ? ExitCode.DONE : ExitCode.USER_ERROR;
  }

  /**
   * One line a kind of machine: which tasks, where there are several kinds, since bits may differ.
   */
  private static void printMachines(VerificationReport report, PrintWriter out) {
    boolean one = report.tasksByMachine().size() == 1;
    report
        .tasksByMachine()
        .forEach(
            (machine, tasks) ->
                out.printf(
                    Locale.ROOT,
                    "computed with %s on %s: %,d tasks%s%n",
                    machine.kernel(),
                    machine.processor(),
                    tasks.size(),
                    one ? "" : " (" + ranges(tasks) + ")"));
    if (!one && !report.tasksByMachine().isEmpty()) {
      out.println(
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
