package org.patchgrid.app;

import picocli.CommandLine.Option;

/** The option {@code --format} of commands that print a table. */
final class FormatOption {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, csv or json (default: table)")
  private TableFormat format = TableFormat.TABLE;

  TableFormat chosen() {
    return format;
  }
}
