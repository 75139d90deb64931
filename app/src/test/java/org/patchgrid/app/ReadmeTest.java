package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README: two screens, links that lead somewhere, and commands that do what is shown. */
class ReadmeTest {
  private static final Path README = SmallStudy.root().resolve("README.md");
  private static final int MOST_LINES = 110;
  private static final Pattern LINK = Pattern.compile("\\]\\((?<target>[^)#]+)(#[^)]*)?\\)");

  /** A file that the reader is told to write: its name, and what goes into it. */
  private static final Pattern FILE =
      Pattern.compile("in `(?<name>[\\w.]+)`[^\n]*\n\n```(json|hocon)\n(?<text>[^`]*)```");

  /** What differs from run to run. */
  private static final Pattern TIME = Pattern.compile("\\d+\\.\\d+ s\\)");

  @TempDir private Path directory = Path.of("");

  @Test
  void fitsOnTwoScreensAndItsLinksLeadSomewhere() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(MOST_LINES);
    List<String> targets =
        LINK.matcher(Files.readString(README)).results().map(link -> link.group(1)).toList();
    assertThat(targets)
        .isNotEmpty()
        .allMatch(target -> Files.exists(README.resolveSibling(target)));
  }

  /** One after the other; what a reader writes and finds where he is lies in a directory here. */
  @Test
  void itsCommandsDoWhatIsShown() throws IOException {
    Matcher file = FILE.matcher(Files.readString(README));
    while (file.find()) {
      Files.writeString(directory.resolve(file.group("name")), inPlace(file.group("text")));
    }
    List<ShownCommand> commands = ShownCommand.of(README);
    assertThat(commands).hasSizeGreaterThan(4);
    for (ShownCommand command : commands) {
      Ended ended = Ended.inProcess(words(command));
      assertThat(ended.exitCode()).as("%s: %s", command, ended.errors()).isEqualTo(ExitCode.DONE);
      if (!command.output().isEmpty()) {
        assertThat(lines(ended.output().replace(directory + "/", "")))
            .as(command.line())
            .isEqualTo(lines(command.output()));
      }
    }
    assertThat(directory.resolve("results/mine/report.html")).isNotEmptyFile();
  }

  private String[] words(ShownCommand command) {
    Stream<String> words = command.words().stream().map(this::inPlace);
    boolean isDemo = command.line().equals("demo"); // which has its place by default
    return Stream.concat(words, isDemo ? Stream.of("--out", inPlace("results/demo")) : Stream.of())
        .toArray(String[]::new);
  }

  /** With paths that hold wherever a test runs. */
  private String inPlace(String text) {
    return text.replace("data/models", SmallStudy.root().resolve("data/models").toString())
        .replaceAll("mine\\.(conf|jsonl)|results/", directory + "/$0");
  }

  private static List<String> lines(String output) {
    return new Ended(0, "", output)
        .messages().stream()
            .map(line -> TIME.matcher(line.stripTrailing()).replaceAll("T s)"))
            .toList();
  }
}
