package org.patchgrid.app;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Lets a shell complete commands and options. */
@Command(
    name = "completion",
    description = "Print a script by which bash and zsh complete commands and options.",
    footer = {"  source <(./patchgrid completion)"})
final class CompletionCommand extends PatchgridCommand {
  @Override
  int run() {
    out().print(AutoComplete.bash("patchgrid", Patchgrid.commandLine()));
    return ExitCode.DONE;
  }
}
