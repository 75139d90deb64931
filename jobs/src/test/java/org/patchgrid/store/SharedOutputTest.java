package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PatchgridException;

class SharedOutputTest {
  private final Configuration hadoop = new Configuration();

  @Test
  void aDirectoryWithTheStudysTextIsTheStudys(@TempDir Path out) throws IOException {
    Path text = Files.writeString(out.resolve("study.conf"), "study {}");
    SharedOutput seen =
        SharedOutput.of(ResultDirectory.at(new org.apache.hadoop.fs.Path(out.toString()), hadoop));
    assertThatCode(() -> seen.requireSeen(hadoop)).doesNotThrowAnyException();

    Files.writeString(text, "study { another }");
    assertThatThrownBy(() -> seen.requireSeen(hadoop))
        .isInstanceOf(PatchgridException.class)
        .hasMessageMatching(
            "Executor host \\S+ does not see the study's output '%s' \\(its study.conf is another\\): .*"
                .formatted(out));
    Files.delete(text);
    assertThatThrownBy(() -> seen.requireSeen(hadoop))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("(its study.conf is not there)");
  }
}
