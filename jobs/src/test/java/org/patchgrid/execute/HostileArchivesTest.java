package org.patchgrid.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model may come as an archive, which Spark unpacks: not over what lies elsewhere. */
class HostileArchivesTest {
  private final Path directory;

  HostileArchivesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void anArchiveThatLeavesItsDirectoryIsRefused() throws IOException {
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    for (String name : List.of("../../../../escaped", "a/../../escaped")) {
      Path archive = directory.resolve("model.zip");
      try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
        for (String entry : List.of("config.json", name)) {
          zip.putNextEntry(new ZipEntry(entry));
          zip.write("{}".getBytes(StandardCharsets.UTF_8));
        }
      }
      SparkConf conf =
          new SparkConf()
              .setMaster("local[1]")
              .setAppName("archive")
              .set("spark.ui.enabled", "false")
              .set("spark.local.dir", scratch.toString())
              .set("spark.archives", archive + "#model");
      assertThatThrownBy(() -> new SparkContext(conf).stop())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("would create file outside of");
      try (Stream<Path> files = Files.walk(directory)) {
        assertThat(files.map(file -> file.getFileName().toString())).doesNotContain("escaped");
      }
    }
  }
}
