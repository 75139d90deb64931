package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What {@code --help} says: each command ends with examples, and they can be typed as they are. */
class HelpTest {
  /** Of a terminal. */
  private static final int COLUMNS = 80;

  private static final String PROGRAM = "./patchgrid";

  static List<CommandLine> commands() {
    List<CommandLine> commands = new ArrayList<>();
    collect(Patchgrid.commandLine(), commands);
    return commands;
  }

  private static void collect(CommandLine command, List<CommandLine> into) {
    into.add(command);
    command.getSubcommands().values().forEach(sub -> collect(sub, into));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyExampleIsOfTheCommandAndIsUnderstood(CommandLine command) {
    List<List<String>> examples = examples(command);
    assertThat(examples).isNotEmpty();
    assertThat(command.getCommandSpec().usageMessage().footer())
        .as("wrapped, it could not be typed")
        .allMatch(line -> line.length() < COLUMNS);
    String path = command.getCommandSpec().qualifiedName().replaceFirst("^patchgrid ?", "");
    assertThat(examples)
        .anyMatch(example -> String.join(" ", example).startsWith(path))
        .allSatisfy(
            example -> {
              Patchgrid.commandLine().parseArgs(example.toArray(String[]::new));
              assertThat(files(example)).allMatch(Files::exists);
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionAndArgumentIsDescribed(CommandLine command) {
    assertThat(command.getCommandSpec().args())
        .allSatisfy(
            argument ->
                assertThat(argument.description())
                    .as(argument.toString())
                    .allSatisfy(line -> assertThat(line).isNotBlank()))
        .allMatch(argument -> argument.description().length > 0)
        .as("what a value is, and not its option's name again: --clean=TEXT")
        .noneMatch(argument -> argument.arity().max() > 0 && argument.paramLabel().startsWith("<"));
  }

  /** The words of each example, as a shell would pass them. */
  private static List<List<String>> examples(CommandLine command) {
    String footer = String.join("\n", command.getCommandSpec().usageMessage().footer());
    return footer
        .replaceAll("\\\\\n\\s*", "")
        .lines()
        .filter(line -> line.contains(PROGRAM))
        .map(line -> line.substring(line.indexOf(PROGRAM) + PROGRAM.length()))
        .map(line -> line.replaceFirst(" >.*|\\)$", ""))
        .map(ShownCommand::words)
        .toList();
  }

  /** What comes with Patchgrid. */
  private static List<Path> files(List<String> example) {
    return example.stream()
        .filter(word -> Stream.of("conf/", "data/").anyMatch(word::startsWith))
        .map(SmallStudy.root()::resolve)
        .toList();
  }
}
