package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.table.AggregateSource;

class LocalCopyTest {
  private final Configuration configuration = new Configuration();
  private StudyFolder folder = new StudyFolder(Path.of(""));
  private Path cache = Path.of("");
  private org.apache.hadoop.fs.Path remote = new org.apache.hadoop.fs.Path("/");

  @BeforeEach
  void setUp(@TempDir Path directory) throws IOException {
    configuration.set("fs.strict.impl", StrictFileSystem.class.getName());
    folder = new StudyFolder(directory.resolve("out"));
    folder.complete(2);
    cache = directory.resolve("cache");
    remote = new org.apache.hadoop.fs.Path("strict://" + folder.root);
  }

  @Test
  void aLocalStudyIsReadWhereItIs() throws IOException {
    assertThat(LocalCopy.of(folder.path(), configuration, Set.of("cells"), cache))
        .isEqualTo(folder.root);
    assertThat(cache).doesNotExist();
  }

  @Test
  void aRemoteStudyIsCopiedAndOnlyWhatIsNewIsCopiedAgain() throws IOException {
    Path copy = LocalCopy.of(remote, configuration, Set.of("cells", "manifest"), cache);
    String name = "cells/task-000000000000.parquet";
    assertThat(copy.startsWith(cache)).isTrue();
    assertThat(copy.resolve(name)).hasSameBinaryContentAs(folder.file(name));
    assertThat(copy.resolve("pairs")).doesNotExist();

    FileTime old = FileTime.from(Instant.EPOCH);
    Files.setLastModifiedTime(copy.resolve(name), old);
    assertThat(LocalCopy.of(remote, configuration, Set.of("cells"), cache)).isEqualTo(copy);
    assertThat(Files.getLastModifiedTime(copy.resolve(name))).isEqualTo(old);
  }

  /** Compacted again, or begun again: files of the first one are not among those of the second. */
  @Test
  void aStudyThatWasMadeAnewIsCopiedAnew() throws IOException {
    Path cells = folder.file("cells");
    Path part =
        Files.copy(
            cells.resolve("task-000000000000.parquet"), cells.resolve("part-000001.parquet"));
    Path first = LocalCopy.of(remote, configuration, Set.of("cells"), cache);
    assertThat(first.resolve("cells/part-000001.parquet")).exists();

    Files.delete(part);
    FileTime later = FileTime.from(Instant.now().plusSeconds(60));
    Files.setLastModifiedTime(folder.file("manifest/study.json"), later);
    Path second = LocalCopy.of(remote, configuration, Set.of("cells"), cache);
    assertThat(second.resolve("cells/part-000001.parquet")).doesNotExist();
    assertThat(second.resolve("cells/task-000000000000.parquet")).exists();
  }

  @Test
  void aDirectoryWithoutAStudyIsRefused(@TempDir Path empty) {
    org.apache.hadoop.fs.Path nothing = new org.apache.hadoop.fs.Path("strict://" + empty);
    assertThatThrownBy(() -> LocalCopy.of(nothing, configuration, Set.of("cells"), cache))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("No study in");
  }

  /** Where rename does not overwrite, too. */
  @Test
  void newAggregatesTakeTheOldOnesPlace() throws IOException {
    for (int tasks = 1; tasks <= 2; tasks++) {
      DriverRun run = DriverRun.begin(Clock.systemUTC());
      AggregateSource source = new AggregateSource("f1", "cells", tasks, 1, 2, 3, "");
      AggregateFile.Staged staged =
          AggregateFile.stage(
              remote, configuration, run, 1, source, "capitals", Collections.emptyIterator());
      assertThat(AggregateFile.Staged.ofText(staged.toText())).isEqualTo(staged);
      AggregateFile.publish(remote, configuration, staged);
      assertThat(AggregateFile.source(remote, configuration)).contains(source);
      assertThat(folder.files("aggregates")).containsExactly("effects.parquet");
    }
  }
}
