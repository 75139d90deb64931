package org.patchgrid.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReasonTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void whatTheOperatingSystemRefusesIsSaidWithoutTheFile() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThat(Reason.of(catchThrowable(() -> Files.readString(directory.resolve("none")))))
        .isEqualTo("there is no such file or directory");
    assertThat(Reason.of(catchThrowable(() -> Files.createDirectory(file))))
        .isEqualTo("it is there already");
    assertThat(Reason.of(new NotDirectoryException("/file"))).isEqualTo("it is not a directory");
    assertThat(Reason.of(catchThrowable(() -> Files.writeString(file.resolve("below"), ""))))
        .isEqualTo("Not a directory");
    assertThat(Reason.of(new AccessDeniedException("/secret"))).isEqualTo("permission denied");
  }

  @Test
  void aMessageIsOneLine() {
    assertThat(Reason.of(new IOException(" no\n  luck "))).isEqualTo("no luck");
    assertThat(Reason.of(new UnknownHostException("nowhere"))).isEqualTo("unknown host");
    assertThat(Reason.of(catchThrowable(() -> new ObjectMapper().readTree("{\n a"))))
        .startsWith("Unexpected character ('a' (code 97)): ")
        .contains(" at line 2, column ");
  }

  @Test
  void aWrapperThatSaysNothingIsLookedThrough() {
    assertThat(Reason.of(new UncheckedIOException(new IOException("No space left on device"))))
        .isEqualTo("No space left on device");
  }

  @Test
  void whatHasNoMessageIsNamedByItsKindAndNeverNull() {
    assertThat(Reason.of(new ClosedChannelException())).isEqualTo("closed channel");
    assertThat(Reason.of(new EOFException())).isEqualTo("it ends too early");
    assertThat(Reason.of(new IOException(" "))).isEqualTo("io");
  }
}
