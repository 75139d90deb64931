package org.patchgrid.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.LayerConfig;

class Qwen2FamilyTest {
  private static final String LISTED =
      """
      , "layer_types": ["sliding_attention", "full_attention"]""";

  /** Hugging Face's Qwen2Config forgets the window where it is not to be used. */
  @ParameterizedTest
  @CsvSource({
    "true, true, 4, -1",
    "true, false, -1, 4",
    "false, true, -1, -1",
    "false, false, -1, -1"
  })
  void aWindowCountsOnlyWhereItIsUsed(
      boolean used, boolean listed, int first, int second, @TempDir Path directory)
      throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("config.json"),
            """
            {"model_type": "qwen2", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
             "intermediate_size": 72, "vocab_size": 336, "sliding_window": 4, "max_window_layers": 1,
             "use_sliding_window": %s%s}
            """
                .formatted(used, listed ? LISTED : ""));

    ConfigFile config = ConfigFile.read(file);
    List<LayerConfig> layers = ModelFamilies.of(config).config("test", config).layers();

    assertThat(layers)
        .extracting(LayerConfig::window)
        .containsExactly(window(first), window(second));
  }

  private static OptionalInt window(int positions) {
    return positions < 0 ? OptionalInt.empty() : OptionalInt.of(positions);
  }
}
