package org.patchgrid.app;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.patchgrid.aggregate.AggregateReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes the statistics tables of a study. */
@Command(
    name = "aggregate",
    description =
        "Make statistics of every site over the pairs: DIR/aggregates/*.parquet. While a study runs, of"
            + " the tasks that are done.",
    footer = {"  ./patchgrid aggregate results/demo"})
final class AggregateCommand extends ResultsCommand {
  @Mixin private SparkOptions spark = new SparkOptions();

  @Override
  int run() throws IOException {
    Instant start = Instant.now();
    AggregateReport report =
        Studies.aggregate(Studies.results(directory()), spark.master(), spark.settings());
    out()
        .printf(
            Locale.ROOT,
            "%s: %,d rows of statistics of %,d measurements (%,d pairs, %,d tasks) in %s (%.1f s)%n",
            report.studyId(),
            report.rows(),
            report.measurements(),
            report.pairs(),
            report.source().tasks(),
            report.file(),
            Duration.between(start, Instant.now()).toMillis() / 1000.0);
    report.warnings().forEach(warning -> err().println("patchgrid: warning: " + warning));
    if (!report.source().leftOutTags().isEmpty()) {
      err()
          .println(
              "patchgrid: warning: no statistics by these tags, which have too many values: "
                  + report.source().leftOutTags());
    }
    return ExitCode.DONE;
  }
}
