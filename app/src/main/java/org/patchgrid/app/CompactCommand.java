package org.patchgrid.app;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.patchgrid.compact.CompactionReport;
import org.patchgrid.input.HadoopPaths;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a study's tables into few large files. */
@Command(
    name = "compact",
    description =
        "Write the same tables into few large sorted files, with a manifest of their own, in another"
            + " directory.",
    footer = {"  ./patchgrid compact results/demo --to results/demo-compacted"})
final class CompactCommand extends ResultsCommand {
  private static final double MEBIBYTE = 1 << 20;

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
  int run() throws IOException {
    Instant start = Instant.now();
    Path study = Studies.results(directory());
    Path target = HadoopPaths.parse("the compacted results", to);
    CompactionReport report =
        Studies.compact(study, target, unfinished, spark.master(), spark.settings());
    out()
        .printf(
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
    return ExitCode.DONE;
  }
}
