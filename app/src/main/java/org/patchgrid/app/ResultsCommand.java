package org.patchgrid.app;

import picocli.CommandLine.Parameters;

/** A command about the results of a run. */
abstract class ResultsCommand extends PatchgridCommand {
  @Parameters(paramLabel = "DIR", description = "the --out of a run")
  private String directory = "";

  /** As it was given. */
  final String directory() {
    return directory;
  }
}
