package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands have in common. */
@Command(mixinStandardHelpOptions = true, footerHeading = Patchgrid.EXAMPLES)
abstract class PatchgridCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  /** Does its work and returns the {@link ExitCode}. */
  abstract int run() throws IOException, InterruptedException;

  @Override
  public final Integer call() throws IOException, InterruptedException {
    int code = run();
    out().flush();
    err().flush();
    return code;
  }

  final PrintWriter out() {
    return commandLine().getOut();
  }

  final PrintWriter err() {
    return commandLine().getErr();
  }

  private CommandLine commandLine() {
    return Objects.requireNonNull(spec, "picocli sets the spec").commandLine();
  }
}
