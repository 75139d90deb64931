package org.patchgrid.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PatchgridException;

class NativeLibrariesTest {
  private static final String UNPACKED = "2.7.1-cpu-linux-x86_64";

  private Path cache = Path.of("");

  @BeforeEach
  void setUp(@TempDir Path directory) {
    cache = directory;
  }

  private NativeLibraries libraries(long bytes) {
    return new NativeLibraries(cache, UNPACKED, Map.of("libtorch.so", bytes));
  }

  @Test
  void thoseOfThisMachineAreUsable() {
    assertThat(NativeLibraries.here())
        .hasValueSatisfying(here -> assertThatCode(here::requireUsable).doesNotThrowAnyException());
  }

  @Test
  void mayBeUnpackedOrNot() throws IOException {
    assertThatCode(() -> libraries(7).requireUsable()).doesNotThrowAnyException();
    Files.write(Files.createDirectory(cache.resolve(UNPACKED)).resolve("libtorch.so"), new byte[7]);
    assertThatCode(() -> libraries(7).requireUsable()).doesNotThrowAnyException();
    assertThat(cache).isDirectoryNotContaining("glob:**.sh");
  }

  @Test
  void aLibraryThatWasCutShortIsNamed() throws IOException {
    Path directory = Files.createDirectory(cache.resolve(UNPACKED));
    Path library = Files.write(directory.resolve("libtorch.so"), new byte[7]);
    assertThatThrownBy(() -> libraries(1234).requireUsable())
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "%s is damaged: it has 7 bytes, not 1,234; delete %s, and it is unpacked again"
                .formatted(library, directory));
  }

  @Test
  void aFullDiskIsNamed() {
    assertThatThrownBy(() -> libraries(Long.MAX_VALUE).requireUsable())
        .isInstanceOf(PatchgridException.class)
        .hasMessageMatching(
            "Cannot unpack native libraries into %s: they take [\\d,]+ MiB and [\\d,]+ MiB are free; .*"
                .formatted(cache));
  }

  @Test
  void aCacheThatIsNoDirectoryIsNamed() throws IOException {
    Path file = Files.writeString(cache.resolve("file"), "");
    NativeLibraries libraries = new NativeLibraries(file.resolve("below"), UNPACKED, Map.of());
    assertThatThrownBy(libraries::requireUsable)
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Cannot use " + file + "/below for native libraries: ");
  }
}
