package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.patchgrid.execute.HadoopPaths;
import org.patchgrid.store.StoreSummary;
import org.patchgrid.store.StoredStudy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says how far a study is. */
@Command(
    name = "status",
    description = "What of a study is done, failed or skipped.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "the --out of a run")
  private String directory = "";

  @Override
  public Integer call() throws IOException {
    StoredStudy study = StoredStudy.read(HadoopPaths.parse("the results", directory), new Configuration());
    StoreSummary summary = study.summary();
    PrintWriter out = Console.out(spec);
    out.printf("study            %s%n", study.identity().studyId());
    out.printf("fingerprint      %s%n", study.identity().fingerprint());
    out.printf(Locale.ROOT, "tasks done       %,d%n", summary.completedTasks());
    out.printf(Locale.ROOT, "cells            %,d%n", summary.counts().cells());
    out.printf(Locale.ROOT, "cells failed     %,d%n", summary.counts().failedCells());
    out.printf("rows by status   %s%n", RunCommand.list(summary.counts().rows()));
    out.printf("pairs by status  %s%n", RunCommand.list(summary.counts().pairs()));
    out.printf(
        Locale.ROOT,
        "model loads      %d in %d runs%n",
        summary.modelLoads(),
        summary.runs().size());
    summary
        .quarantined()
        .forEach((task, why) -> out.printf("quarantined      task %d: %s%n", task, why));
    out.println(
        "last run         "
            + study
                .lastStatus()
                .map(
                    s ->
                        s.outcome().name().toLowerCase(Locale.ROOT)
                            + ", exit code "
                            + s.exitCode()
                            + ", "
                            + s.at())
                .orElse("has not ended (it is running, or was killed: run it again to resume)"));
    out.flush();
    return ExitCode.DONE;
  }
}
