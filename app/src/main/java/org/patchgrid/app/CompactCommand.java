package org.patchgrid.app;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.patchgrid.compact.CompactionReport;
import org.patchgrid.execute.HadoopPaths;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a study's tables into few large files. */
@Command(
    name = "compact",
    description =
        "Write the same tables into few large sorted files, with a manifest of their own, in another"
            + " directory.",
    mixinStandardHelpOptions = true,
    footerHeading = Patchgrid.EXAMPLES,
    footer = {"  ./patchgrid compact results/demo --to results/demo-compacted"})
final class CompactCommand implements Callable<Integer> {
  private static final double MEBIBYTE = 1 << 20;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "the --out of a run")
  private String directory = "";

  @Option(
      names = "--to",
      paramLabel = "URI",
      required = true,
      description = "an empty or new directory")
  private String to = "";

  @Option(
      names = "--unfinished",
      description = "compact what is stored of a study that has not ended")
  private boolean unfinished;

  @Mixin private SparkOptions spark = new SparkOptions();

  @Override
  public Integer call() throws Exception {
    Instant start = Instant.now();
    Path study = Studies.results(directory);
    Path target = HadoopPaths.parse("the compacted results", to);
    CompactionReport report =
        Studies.compact(study, target, unfinished, spark.master(), spark.settings());
    PrintWriter out = Console.out(spec);
    out.printf(
        Locale.ROOT,
        "%s: %,d pairs, %,d measurements in %s (%,d files of %,.1f MiB; before: %,d of %,.1f MiB; %.1f s)%n",
        report.studyId(),
        report.pairs(),
        report.measurements(),
        report.directory(),
        report.files(),
        report.bytes() / MEBIBYTE,
        report.filesBefore(),
        report.bytesBefore() / MEBIBYTE,
        Duration.between(start, Instant.now()).toMillis() / 1000.0);
    out.flush();
    return ExitCode.DONE;
  }
}
