package org.patchgrid.app;

import org.patchgrid.experiment.AuditException;
import org.patchgrid.experiment.SweepWay;
import org.patchgrid.generate.NameCorruption;
import org.patchgrid.generate.Task;
import org.patchgrid.study.PatchgridException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code patchgrid}. */
@Command(
    name = "patchgrid",
    description = "Activation patching of language models over whole prompt sets.",
    mixinStandardHelpOptions = true,
    versionProvider = Patchgrid.Version.class,
    footerHeading = "%nFirst steps:%n",
    footer = {
      "  ./patchgrid demo",
      "  ./patchgrid run --help",
      "Exit codes: 0 done; 1 a bug of ours; 2 you can mend it, one line says how;",
      "3 done with gaps that are listed; 130 interrupted, the same command resumes."
    },
    subcommands = {
      DemoCommand.class,
      PatchCommand.class,
      RunCommand.class,
      PlanCommand.class,
      StatusCommand.class,
      VerifyCommand.class,
      CompactCommand.class,
      AggregateCommand.class,
      ReportCommand.class,
      DashboardCommand.class,
      ExportCommand.class,
      DoctorCommand.class,
      ConformanceCommand.class,
      BenchCommand.class,
      PromptsCommand.class,
      CompletionCommand.class
    })
public final class Patchgrid {
  /** What stands above the examples of a command's help. */
  static final String EXAMPLES = "%nExamples, in Patchgrid's directory:%n";

  private static final Logger log = LoggerFactory.getLogger(Patchgrid.class);

  private Patchgrid() {}

  public static void main(String[] args) {
    NamelessUser.provide();
    System.exit(execute(args));
  }

  /** Runs one command and returns its exit code. */
  static int execute(String... args) {
    return commandLine().execute(args);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Patchgrid())
        .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command))
        .setParameterExceptionHandler(new UsageMistakes())
        .registerConverter(TableFormat.class, Converters.ofLabels(TableFormat.values()))
        .registerConverter(Task.class, Converters.ofLabels(Task.values()))
        .registerConverter(NameCorruption.class, Converters.ofLabels(NameCorruption.values()))
        .registerConverter(BenchSweep.class, Converters.ofLabels(BenchSweep.values()))
        .registerConverter(SweepWay.class, Converters.ofLabels(SweepWay.values()))
        .setExpandAtFiles(false) // a prompt may begin with @
        .setUsageHelpAutoWidth(true);
  }

  private static int report(Exception failure, CommandLine command) {
    if (failure instanceof PatchgridException) {
      command.getErr().println(line(failure));
      log.debug("Ended by a mistake of the user", failure);
      return ExitCode.USER_ERROR;
    }
    if (failure instanceof AuditException) {
      command.getErr().println(line(failure));
      return ExitCode.BUG;
    }
    command.getErr().println("patchgrid: this is a bug of Patchgrid, please report it:");
    failure.printStackTrace(command.getErr());
    return ExitCode.BUG;
  }

  /** One line, or one for each problem of a study. */
  private static String line(Exception failure) {
    return "patchgrid: " + String.valueOf(failure.getMessage()).replace("\n", "\npatchgrid: ");
  }

  /** The version that the jar's manifest tells. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Patchgrid.class.getPackage().getImplementationVersion();
      return new String[] {"patchgrid " + (version == null ? "(development build)" : version)};
    }
  }
}
