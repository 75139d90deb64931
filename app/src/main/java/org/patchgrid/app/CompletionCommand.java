package org.patchgrid.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lets a shell complete commands and options. */
@Command(
    name = "completion",
    description = "Print a script by which bash and zsh complete commands and options.",
    mixinStandardHelpOptions = true,
    footerHeading = Patchgrid.EXAMPLES,
    footer = {"  source <(./patchgrid completion)"})
final class CompletionCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Console.out(spec);
    out.print(AutoComplete.bash("patchgrid", Patchgrid.commandLine()));
    out.flush();
    return ExitCode.DONE;
  }
}
