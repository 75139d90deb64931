package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.patchgrid.execute.HadoopPaths;
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
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "the --out of a run")
  private String directory = "";

  @Override
  public Integer call() throws IOException {
    VerificationReport report =
        Verification.verify(HadoopPaths.parse("the results", directory), new Configuration());
    PrintWriter out = Console.out(spec);
    out.printf(
        Locale.ROOT,
        "%d files, %,d pairs, %,d rows%n",
        report.files(),
        report.pairRows(),
        report.cellRows());
    report.sortedRowsHash().ifPresent(hash -> out.println("sha256 of the sorted rows: " + hash));
    report.problems().forEach(problem -> out.println(kind(problem) + " " + problem));
    out.println(
        report.passed()
            ? "all files are as the manifest says"
            : "this study is damaged: restore the files from a copy, or run it again with another --out");
    out.flush();
    return report.passed() ? ExitCode.DONE : ExitCode.USER_ERROR;
  }

  private static String kind(VerificationProblem problem) {
    return problem.kind().name().replace('_', ' ');
  }
}
