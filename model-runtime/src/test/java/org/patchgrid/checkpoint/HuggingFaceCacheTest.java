package org.patchgrid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.study.PatchgridException;

class HuggingFaceCacheTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String NAME = "hf:org-a/Model-1.5B";

  private final Path home;
  private final Path hub;
  private final Path model;
  private final HuggingFaceCache cache;

  HuggingFaceCacheTest(@TempDir Path home) {
    this.home = home;
    this.hub = home.resolve("hub");
    this.model = hub.resolve("models--org-a--Model-1.5B");
    this.cache = HuggingFaceCache.of(Map.of("HF_HOME", home.toString()), Path.of("/nowhere"));
  }

  /** As huggingface_hub lays it out: links to blobs. */
  @BeforeEach
  void download() throws IOException {
    Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve(COMMIT));
    Files.createDirectories(model.resolve("refs"));
    Files.createDirectories(model.resolve("blobs"));
    Files.writeString(model.resolve("refs/main"), COMMIT + "\n");
    try (var files = Files.list(TestModels.family("gpt2-tied-f32"))) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        Files.copy(file, model.resolve("blobs").resolve("blob-of-" + name));
        Files.createSymbolicLink(
            snapshot.resolve(name), Path.of("../../blobs").resolve("blob-of-" + name));
      }
    }
  }

  @Test
  void aModelIsWhereItsMainRevisionIs() {
    Path snapshot = model.resolve("snapshots").resolve(COMMIT);
    assertThat(cache.snapshot(NAME)).isEqualTo(snapshot);
    assertThat(cache.pinned(NAME)).isEqualTo(NAME + "@" + COMMIT);
    assertThat(cache.snapshot(cache.pinned(NAME))).isEqualTo(snapshot);
    assertThat(ModelDirectory.open(cache.snapshot(NAME)).name()).isEqualTo("Model-1.5B");
  }

  @Test
  void theVariablesOfHuggingFacesToolsSayWhereTheCacheIs() {
    Path user = Path.of("/user");
    assertThat(HuggingFaceCache.of(Map.of(), user).directory())
        .isEqualTo(Path.of("/user/.cache/huggingface/hub"));
    assertThat(HuggingFaceCache.of(Map.of("XDG_CACHE_HOME", "/x"), user).directory())
        .isEqualTo(Path.of("/x/huggingface/hub"));
    assertThat(
            HuggingFaceCache.of(Map.of("HF_HOME", "/h", "XDG_CACHE_HOME", "/x"), user).directory())
        .isEqualTo(Path.of("/h/hub"));
    assertThat(HuggingFaceCache.of(Map.of("HF_HUB_CACHE", "/c", "HF_HOME", "/h"), user).directory())
        .isEqualTo(Path.of("/c"));
    assertThat(
            HuggingFaceCache.of(Map.of("HUGGINGFACE_HUB_CACHE", "/o", "HF_HOME", "/h"), user)
                .directory())
        .isEqualTo(Path.of("/o"));
    assertThat(HuggingFaceCache.of(Map.of("HF_HUB_CACHE", " ", "HF_HOME", "/h"), user).directory())
        .as("blank is not set")
        .isEqualTo(Path.of("/h/hub"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "a/b",
        "hf:",
        "hf:../x",
        "hf:a/b/c",
        "hf:a/..",
        "hf:a/b@../c",
        "hf:a--b/c"
      })
  void whatIsNoNameIsRefused(String name) {
    assertThatThrownBy(() -> cache.snapshot(name))
        .isInstanceOf(PatchgridException.class)
        .hasMessage("'" + name + "' names no model: write hf:ORG/NAME, or hf:ORG/NAME@REVISION");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThatThrownBy(() -> cache.snapshot("hf:org-a/other"))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot find hf:org-a/other in the Hugging Face cache %s: download it with `hf download org-a/other`, or set HF_HOME to where it is",
            hub);
    assertThatThrownBy(() -> cache.snapshot(NAME + "@v2"))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("The Hugging Face cache " + hub + " has no revision v2 of");
  }

  @Test
  void linksStayInsideTheCache() throws IOException {
    Path outside = Files.writeString(home.resolve("secret"), "{}");
    Path link = model.resolve("snapshots").resolve(COMMIT).resolve("generation_config.json");
    Files.createSymbolicLink(link, outside);
    assertThatThrownBy(() -> cache.snapshot(NAME))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "%s is a link that leads out of the Hugging Face cache, to %s: download the model again",
            link, outside.toRealPath());
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("../../blobs/missing"));
    assertThatThrownBy(() -> cache.snapshot(NAME))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(link + " is a link to a file that is not there");
  }
}
