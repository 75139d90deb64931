package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.patchgrid.report.ReportWriter;
import org.patchgrid.report.Study;
import org.patchgrid.results.StudyFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes what a study says as one HTML file. */
@Command(
    name = "report",
    description = "Write what a study says as one HTML file that needs nothing else.",
    footer = {
      "  ./patchgrid report results/demo",
      "  ./patchgrid report results/demo --pair guide --out demo.html"
    })
final class ReportCommand extends ResultsCommand {
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "where the report goes (default: DIR/report.html)")
  private @Nullable Path out;

  @Option(
      names = "--pair",
      paramLabel = "ID",
      description =
          "the pair to show beside all pairs (default: 'guide', or the first that was measured)")
  private @Nullable String pair;

  @Override
  int run() throws IOException {
    String file = write(directory(), Optional.ofNullable(pair), Optional.ofNullable(out));
    out().println("Report: " + file);
    return ExitCode.DONE;
  }

  /**
   * Writes the report of a study, also of a remote one.
   *
   * @return where it is
   */
  static String write(String directory, Optional<String> pair, Optional<Path> out)
      throws IOException {
    StudyFiles files = LocalStudies.files(directory);
    Path home = ProjectFiles.home("report");
    Path local = out.orElse(files.directory().resolve("report.html"));
    OutputFiles.requireDirectoryOf(local);
    try (Study study = LocalStudies.open(files, home)) {
      OutputFiles.write(local, "--out", () -> ReportWriter.write(study, pair, local));
    }
    if (out.isEmpty() && LocalStudies.isRemote(directory)) {
      org.apache.hadoop.fs.Path remote =
          new org.apache.hadoop.fs.Path(Studies.results(directory), "report.html");
      remote
          .getFileSystem(new Configuration())
          .copyFromLocalFile(false, true, new org.apache.hadoop.fs.Path(local.toUri()), remote);
    }
    return out.map(Path::toString).orElse(directory.replaceAll("/+$", "") + "/report.html");
  }
}
