package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.study.PatchgridException;

/** A damaged file of any kind is named, and nothing else happens. */
class CorruptedModelTest {
  private static final int CUTS = 20;

  private final Path directory;

  CorruptedModelTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void copy() throws IOException {
    try (var files = Files.list(TestModels.family("llama-gqa-headdim-sharded-bf16"))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(String.valueOf(file.getFileName())));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "model-00002-of-00003.safetensors",
        "model.safetensors.index.json",
        "tokenizer.json",
        "tokenizer_config.json"
      })
  void aFileThatWasCutShortIsNamed(String name) throws IOException {
    Path file = directory.resolve(name);
    byte[] whole = Files.readAllBytes(file);
    for (int cut = 0; cut < CUTS; cut++) {
      Files.write(file, Arrays.copyOf(whole, whole.length * cut / CUTS));
      assertThatThrownBy(() -> TestModels.load(directory).close())
          .as("cut to %d of %d bytes", whole.length * cut / CUTS, whole.length)
          .isInstanceOf(PatchgridException.class)
          .hasMessageContaining(name);
    }
  }

  @Test
  void aVocabularyThatIsSmallerThanTheTokenizersIsNamed() throws IOException {
    Path tokenizer = directory.resolve("tokenizer.json");
    String text = Files.readString(tokenizer);
    String changed = text.replaceFirst("\"vocab\"\\s*:\\s*\\{", "\"vocab\":{\"zzzz\":300,");
    Files.writeString(tokenizer, changed);
    assertThatThrownBy(() -> TestModels.load(directory).close())
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(
            tokenizer + " has tokens up to id 300, and the model has embeddings of 300: ");
  }
}
