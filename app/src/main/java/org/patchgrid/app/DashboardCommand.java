package org.patchgrid.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.patchgrid.query.QueryFile;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.web.DashboardServer;
import org.patchgrid.web.StudySource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves a study's interactive pages on loopback until it is interrupted. */
@Command(
    name = "dashboard",
    description =
        "Serve interactive pages of a study, also of a running one, to this machine alone.",
    footer = {
      "  ./patchgrid dashboard results/demo",
      "  ./patchgrid dashboard results/demo --port 0 --compare results/capitals"
    })
final class DashboardCommand extends ResultsCommand {
  /** How often to look for new files: at once for a person, and seldom for a remote file system. */
  private static final Duration LOCAL = Duration.ofSeconds(2);

  private static final Duration REMOTE = Duration.ofSeconds(30);

  private static final int LAST_PORT = 65535;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "where to listen; 0: any that is free (default: ${DEFAULT-VALUE})")
  private int port = 8765;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description =
          "the address to listen on (default: ${DEFAULT-VALUE}, which only this machine reaches)")
  private String bind = "127.0.0.1";

  @Option(names = "--compare", paramLabel = "DIR", description = "a second study, to compare with")
  private @Nullable String compare;

  @Override
  int run() throws IOException, InterruptedException {
    if (port < 0 || port > LAST_PORT) {
      throw new PatchgridException(
          "--port must be from 0 to %d, not %d".formatted(LAST_PORT, port));
    }
    Path home = ProjectFiles.home("dashboard");
    StudySource source = () -> LocalStudies.files(directory());
    DashboardServer.Settings settings =
        new DashboardServer.Settings(
            address(),
            port,
            ProjectFiles.views(home),
            QueryFile.all(ProjectFiles.queries(home)),
            source,
            Optional.<@Nullable String>ofNullable(compare)
                .map(second -> () -> LocalStudies.files(second)),
            LocalStudies.isRemote(directory()) ? REMOTE : LOCAL);
    try (DashboardServer server = DashboardServer.start(settings)) {
      out().println("Dashboard: " + server.uri() + " (Ctrl-C ends it)");
      // Until a signal ends the process.
      new CountDownLatch(1).await();
    }
    return ExitCode.DONE;
  }

  private InetAddress address() {
    try {
      return InetAddress.getAllByName(bind)[0];
    } catch (UnknownHostException e) {
      throw new PatchgridException(
          "Cannot listen on '%s': this machine has no such address; leave --bind out to serve this machine alone"
              .formatted(bind),
          e);
    }
  }
}
