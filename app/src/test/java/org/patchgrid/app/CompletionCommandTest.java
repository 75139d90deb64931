package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code completion}, in a real bash. */
class CompletionCommandTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void commandsAndOptionsAreCompleted() throws IOException, InterruptedException {
    Path script = directory.resolve("completion.bash");
    Ended printed = Ended.inProcess("completion");
    assertThat(printed.exitCode()).as(printed.errors()).isEqualTo(ExitCode.DONE);
    Files.writeString(script, printed.output());
    assertThat(complete(script, "patchgrid", "ru")).containsExactly("run");
    assertThat(complete(script, "patchgrid", "p"))
        .containsExactlyInAnyOrder("patch", "plan", "prompts");
    assertThat(complete(script, "patchgrid", "run", "--retry"))
        .containsExactly("--retry-quarantined");
    assertThat(complete(script, "patchgrid", "prompts", "make", "--se")).containsExactly("--seed");
    assertThat(complete(script, "patchgrid", "status", "--format", ""))
        .containsExactly("table", "csv", "json");
  }

  /** What bash offers for the last word, as it would when a user presses the tabulator there. */
  private List<String> complete(Path script, String... words)
      throws IOException, InterruptedException {
    Path offered = directory.resolve("offered.txt");
    Path errors = directory.resolve("errors.txt");
    String asBash =
        """
        source "$0"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        function=$(complete -p patchgrid | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        "$function"
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    ProcessBuilder bash =
        new ProcessBuilder("bash", "--norc", "-c", asBash, script.toString())
            .redirectOutput(offered.toFile())
            .redirectError(errors.toFile());
    bash.command().addAll(List.of(words));
    assertThat(bash.start().waitFor()).as(Files.readString(errors)).isZero();
    return Files.readString(offered).lines().map(String::strip).toList();
  }
}
