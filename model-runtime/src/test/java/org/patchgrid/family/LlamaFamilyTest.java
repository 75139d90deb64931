package org.patchgrid.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.kernel.RotaryPairs;
import org.patchgrid.study.Component;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

class LlamaFamilyTest {
  private static final Path ROOT = Path.of(System.getProperty("patchgrid.root"));
  private static final String SMALLEST =
      """
      {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4,
       "intermediate_size": 72, "vocab_size": 336}
      """;

  private final Path directory;

  LlamaFamilyTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void readsTheShippedModelWithItsNewKeys() {
    TransformerConfig config = read(ROOT.resolve("data/models/atlas-6l/config.json"));

    ModelStructure structure = config.structure();
    assertThat(structure.name()).isEqualTo("test");
    assertThat(structure.layers()).isEqualTo(6);
    assertThat(structure.queryHeads()).isEqualTo(6);
    assertThat(structure.keyValueHeads()).isEqualTo(2);
    assertThat(structure.modelWidth()).isEqualTo(192);
    assertThat(structure.headWidth()).isEqualTo(32);
    assertThat(structure.mlpWidth()).isEqualTo(512);
    assertThat(structure.vocabularySize()).isEqualTo(1699);
    assertThat(structure.components())
        .hasSize(Component.values().length - 2)
        .doesNotContain(Component.Q_NORM, Component.K_NORM);
    assertThat(config.norm().epsilon()).isEqualTo(1e-5);
    assertThat(rotary(config)).isEqualTo(whole(10000, new RotaryConfig.Unscaled(), config));
    assertThat(config.head().tied()).isTrue();
    assertThat(config.attention().inputBias()).isFalse();
    assertThat(config.mlp().bias()).isFalse();
    assertThat(config.maxPositions()).isEqualTo(128);
  }

  @Test
  void readsTheQuantizedModel() {
    TransformerConfig config =
        read(ROOT.resolve("data/models/SmolLM2-135M-Instruct-4bit/config.json"));

    assertThat(config.structure().queryHeads()).isEqualTo(9);
    assertThat(rotary(config).theta()).isEqualTo(100_000);
    assertThat(config.maxPositions()).isEqualTo(8192);
  }

  @Test
  void readsBiasesAndTheOldNameOfLinearScaling() {
    TransformerConfig config = readFixture("llama-bias-linearrope-f32");

    assertThat(config.attention().inputBias()).isTrue();
    assertThat(config.mlp().bias()).isTrue();
    assertThat(config.head().tied()).isFalse();
    assertThat(config.norm().epsilon()).isEqualTo(1e-3);
    assertThat(rotary(config)).isEqualTo(whole(100, new RotaryConfig.Linear(4), config));
  }

  @Test
  void readsLlama3Scaling() {
    TransformerConfig config = readFixture("llama-llama3rope-tied-bf16");

    assertThat(rotary(config)).isEqualTo(whole(500, new RotaryConfig.Llama3(8, 1, 4, 16), config));
    assertThat(config.head().tied()).isTrue();
  }

  @Test
  void readsHeadsWiderThanTheirShareOfTheModel() {
    ModelStructure structure = readFixture("llama-gqa-headdim-sharded-bf16").structure();

    assertThat(structure.modelWidth()).isEqualTo(48);
    assertThat(structure.queryHeads()).isEqualTo(6);
    assertThat(structure.headWidth()).isEqualTo(12);
  }

  @Test
  void fillsInHuggingFacesDefaults() throws IOException {
    TransformerConfig config = read(write("{}"));

    assertThat(config.structure().keyValueHeads()).isEqualTo(4);
    assertThat(config.structure().headWidth()).isEqualTo(8);
    assertThat(config.norm().epsilon()).isEqualTo(1e-6);
    assertThat(rotary(config)).isEqualTo(whole(10000, new RotaryConfig.Unscaled(), config));
    assertThat(config.attention().inputBias()).isFalse();
    assertThat(config.mlp().bias()).isFalse();
    assertThat(config.head().tied()).isFalse();
    assertThat(config.maxPositions()).isEqualTo(2048);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"rope_theta": 7}                                                               | 7
          {"rope_parameters": {"rope_theta": 8}}                                          | 8
          {"rope_parameters": {"rope_type": "default"}, "rope_theta": 9}                  | 9
          {"rope_parameters": {"rope_theta": 8}, "rope_theta": 9}                         | 8
          {"rope_parameters": {"rope_theta": 8}, "rope_scaling": {"type": "default"}, "rope_theta": 9} | 8
          """)
  void findsThetaInBothPlaces(String keys, double theta) throws IOException {
    TransformerConfig config = read(write(keys));
    assertThat(rotary(config)).isEqualTo(whole(theta, new RotaryConfig.Unscaled(), config));
  }

  @Test
  void readsScalingFromRopeParameters() throws IOException {
    TransformerConfig config =
        read(
            write(
                """
                {"rope_parameters": {"rope_type": "llama3", "rope_theta": 5, "factor": 8,
                 "low_freq_factor": 1, "high_freq_factor": 4},
                 "original_max_position_embeddings": 64}
                """));
    assertThat(rotary(config)).isEqualTo(whole(5, new RotaryConfig.Llama3(8, 1, 4, 64), config));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"hidden_act": "quick_gelu"}                                    | : hidden_act is "quick_gelu": Patchgrid has the activations gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish only
          {"rope_scaling": {"rope_type": "yarn", "factor": 4}}            | : rope_scaling.rope_type is "yarn": Patchgrid has the rotary scalings default, linear and llama3 only
          {"rope_scaling": {"type": "dynamic", "factor": 4}}              | : rope_scaling.type is "dynamic": Patchgrid has the rotary scalings default, linear and llama3 only
          {"rope_scaling": {"type": "linear"}}                            |  has no rope_scaling.factor: download the file again
          {"rope_scaling": {"type": "linear", "factor": 0}}               | : rope_scaling.factor is 0: it must be greater than 0
          {"rope_parameters": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}} |  has no rope_parameters.original_max_position_embeddings: download the file again
          {"rope_parameters": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4}} | : rope_parameters.high_freq_factor is 4: it must be greater than low_freq_factor
          {"rope_theta": -1}                                              | : rope_theta is -1: it must be greater than 0
          {"partial_rotary_factor": 0.5}                                  | : partial_rotary_factor is 0.5: Patchgrid rotates whole heads in this family
          {"rms_norm_eps": -1}                                            | : rms_norm_eps is -1: it must not be negative
          {"num_key_value_heads": 3}                                      | : num_key_value_heads is 3: the 4 query heads (num_attention_heads) cannot share them evenly
          {"hidden_size": 33}                                             | : hidden_size is 33: it is no multiple of the 4 num_attention_heads, and head_dim is not given
          {"head_dim": 7}                                                 | : head_dim is 7: rotary positions need heads of an even width, not 7
          {"vocab_size": null}                                            |  has no vocab_size: download the file again
          {"num_hidden_layers": 0}                                        | : num_hidden_layers is 0: it must be a positive whole number
          {"tie_word_embeddings": "yes"}                                  | : tie_word_embeddings is "yes": it must be true or false
          {"model_type": "mamba"}                                         | : model_type is "mamba": Patchgrid does not know this family; use a model of one of: gemma2, gemma3_text, gpt2, gptj, gpt_neox, llama, mistral, olmo2, opt, phi3, qwen2, qwen3
          {"model_type": null}                                            |  has no model_type: download the file again
          """)
  void refusesWhatItCannotCompute(String keys, String why) throws IOException {
    Path path = write(keys);
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(path + why.replaceFirst("^has", " has"));
  }

  /** Of every layer. */
  private static RotaryConfig rotary(TransformerConfig config) {
    assertThat(Set.copyOf(config.layers())).hasSize(1);
    return config.layers().get(0).rotary().orElseThrow();
  }

  private static RotaryConfig whole(
      double theta, RotaryConfig.Scaling scaling, TransformerConfig config) {
    return new RotaryConfig(theta, scaling, config.structure().headWidth(), RotaryPairs.HALVES);
  }

  private static TransformerConfig readFixture(String family) {
    return read(
        ROOT.resolve("model-runtime/src/test/resources/families")
            .resolve(family)
            .resolve("config.json"));
  }

  private static TransformerConfig read(Path path) {
    ConfigFile config = ConfigFile.read(path);
    return ModelFamilies.of(config).config("test", config);
  }

  /** The smallest valid configuration, with {@code keys} put over it. */
  private Path write(String keys) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode config = (ObjectNode) json.readTree(SMALLEST);
    config.setAll((ObjectNode) json.readTree(keys));
    return Files.writeString(directory.resolve("config.json"), config.toString());
  }
}
