package org.patchgrid.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.store.StrictFileSystem;
import org.patchgrid.study.PatchgridException;

/** Models of another file system, which here is {@code strict:///}. */
class ModelCacheTest {
  private static final Path MODEL =
      Path.of(System.getProperty("patchgrid.root", ""), "data/models/atlas-6l").toAbsolutePath();

  private final Configuration hadoop = new Configuration();
  private Path directory = Path.of("");
  private Path elsewhere = Path.of("");
  private Path cache = Path.of("");

  @BeforeEach
  void copyModel(@TempDir Path temporary) throws IOException {
    directory = temporary;
    hadoop.set("fs.strict.impl", StrictFileSystem.class.getName());
    elsewhere = Files.createDirectories(directory.resolve("elsewhere/atlas-6l"));
    cache = directory.resolve("cache");
    try (Stream<Path> files = Files.list(MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, elsewhere.resolve(file.getFileName()));
      }
    }
  }

  private HostedModel fetch() {
    return new ModelCache(cache)
        .fetch(new org.apache.hadoop.fs.Path("strict://" + elsewhere), hadoop);
  }

  @Test
  void isFetchedOnceAndKeptByContent() throws IOException {
    HostedModel first = fetch();
    assertThat(first.directory())
        .isEqualTo(cache.resolve(first.description().fingerprint()).resolve("atlas-6l"));
    assertThat(first.description()).isEqualTo(HostedModel.in(elsewhere).description());
    Object before = Files.getAttribute(first.directory(), "unix:ino");
    assertThat(fetch()).isEqualTo(first);
    assertThat(Files.getAttribute(first.directory(), "unix:ino")).isEqualTo(before);
    assertThat(incoming()).isEmpty();
  }

  @Test
  void isFetchedAgainWhereTheCopyWasDamaged() throws IOException {
    HostedModel first = fetch();
    Path config = first.directory().resolve("config.json");
    Files.writeString(config, " ", StandardOpenOption.APPEND);
    assertThat(fetch()).isEqualTo(first);
    assertThat(config).hasSameBinaryContentAs(elsewhere.resolve("config.json"));
  }

  @Test
  void anotherModelAtTheSamePlaceIsAnother() throws IOException {
    HostedModel first = fetch();
    Files.writeString(elsewhere.resolve("config.json"), " ", StandardOpenOption.APPEND);
    HostedModel second = fetch();
    assertThat(second.description().fingerprint()).isNotEqualTo(first.description().fingerprint());
    assertThat(first.directory()).isDirectory();
  }

  @Test
  void manyThreadsGetOneCopy() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<HostedModel>> models =
          threads.invokeAll(List.<Callable<HostedModel>>of(this::fetch, this::fetch, this::fetch));
      for (Future<HostedModel> model : models) {
        assertThat(model.get()).isEqualTo(models.get(0).get());
      }
    } finally {
      threads.shutdown();
    }
    assertThat(incoming()).isEmpty();
  }

  @Test
  void aDamagedModelIsNotKept() throws IOException {
    Path weights = elsewhere.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, List.of("not a model"));
    assertThatThrownBy(this::fetch).isInstanceOf(PatchgridException.class);
    assertThat(incoming()).isEmpty();
    Files.write(weights, bytes);
    assertThat(fetch().directory()).isDirectory();
  }

  @Test
  void aPlaceWithoutAModelIsNamed() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThatThrownBy(
            () ->
                new ModelCache(cache)
                    .fetch(new org.apache.hadoop.fs.Path("strict://" + empty), hadoop))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("Cannot fetch the model strict:")
        .hasMessageContaining("there is no config.json and no .safetensors in it");
  }

  private List<Path> incoming() throws IOException {
    try (Stream<Path> entries = Files.list(cache)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("incoming"))
          .toList();
    }
  }
}
