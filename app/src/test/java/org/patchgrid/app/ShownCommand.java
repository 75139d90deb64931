package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command that a page shows, and what it prints there.
 *
 * @param line without the launcher's name
 */
record ShownCommand(String line, String output) {
  private static final Pattern FENCE = Pattern.compile("```\n(?<lines>\\$ [^`]*)```\n");
  private static final Pattern COMMAND = Pattern.compile("(?m)^(?=\\$ )");
  private static final String PROMPT = "$ ";
  private static final String LAUNCHER = PROMPT + "./patchgrid ";
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

  /** Those of a page in its order; other programs' commands are left out, with their output. */
  static List<ShownCommand> of(Path page) throws IOException {
    List<ShownCommand> shown = new ArrayList<>();
    Matcher fence = FENCE.matcher(Files.readString(page));
    while (fence.find()) {
      for (String command : COMMAND.splitAsStream(fence.group("lines")).toList()) {
        if (command.startsWith(LAUNCHER)) {
          int end = command.indexOf('\n');
          shown.add(
              new ShownCommand(
                  command.substring(LAUNCHER.length(), end), command.substring(end + 1)));
        }
      }
    }
    return shown;
  }

  /** As a shell would pass them. */
  List<String> words() {
    return words(line);
  }

  static List<String> words(String line) {
    return WORD.matcher(line)
        .results()
        .map(
            word ->
                Stream.of(1, 2, 3)
                    .flatMap(group -> Optional.ofNullable(word.group(group)).stream())
                    .collect(Collectors.joining()))
        .toList();
  }

  @Override
  public String toString() {
    return line;
  }
}
