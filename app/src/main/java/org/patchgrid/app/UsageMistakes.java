package org.patchgrid.app;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.Reason;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says in one line what is wrong with a command line. The whole usage would hide the line above it,
 * so only a command line without any command gets it.
 */
final class UsageMistakes implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException mistake, String[] arguments) {
    CommandLine command = mistake.getCommandLine();
    if (arguments.length == 0) {
      command.usage(command.getErr());
      return ExitCode.USER_ERROR;
    }
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .println("patchgrid: " + line(mistake, name, arguments) + "; see " + name + " --help");
    return ExitCode.USER_ERROR;
  }

  private static String line(ParameterException mistake, String name, String[] arguments) {
    CommandLine command = mistake.getCommandLine();
    boolean missing = mistake instanceof MissingParameterException;
    if (missing || mistake instanceof UnmatchedArgumentException) {
      // A misspelt option is reported as the lack of the one that was meant.
      Optional<String> unknown = unknownOption(command, arguments);
      if (unknown.isPresent()) {
        return unknown(name, "option", unknown.get(), options(command));
      }
    }
    if (mistake instanceof UnmatchedArgumentException unmatched) {
      String argument = unmatched.getUnmatched().get(0);
      List<String> commands = List.copyOf(command.getSubcommands().keySet());
      return commands.isEmpty()
          ? "Unexpected argument '" + argument + "'"
          : unknown(name, "command", argument, commands);
    }
    return Reason.of(mistake);
  }

  private static String unknown(String owner, String kind, String what, List<String> known) {
    return "Unknown " + kind + " '" + what + "': " + NearestName.hint(what, owner, known);
  }

  private static Optional<String> unknownOption(CommandLine command, String[] arguments) {
    return Stream.of(arguments)
        .filter(argument -> argument.startsWith("--") && argument.length() > 2)
        .map(argument -> argument.replaceFirst("=.*", ""))
        .filter(option -> !options(command).contains(option))
        .findFirst();
  }

  private static List<String> options(CommandLine command) {
    return command.getCommandSpec().optionsMap().keySet().stream()
        .filter(option -> option.startsWith("--"))
        .sorted()
        .toList();
  }
}
