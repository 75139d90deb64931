package org.patchgrid.family;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.study.PatchgridException;

/** What cannot be computed exactly is refused with a reason, in every family. */
class ConfigRefusalsTest {
  private final Path directory;

  ConfigRefusalsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          gpt2-tied-f32       | {"activation_function": "gelu_10"}       | activation_function is "gelu_10": Patchgrid has the activations gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish only
          gpt2-tied-f32       | {"add_cross_attention": true}            | add_cross_attention is true: Patchgrid computes models of one sequence only
          gpt2-tied-f32       | {"n_head": 5}                            | n_embd is 36: it is no multiple of the 5 n_head, and head_dim is not given
          neox-parallel-f16   | {"rotary_pct": 0}                        | rotary_pct is 0: it must be greater than 0 and at most 1
          neox-parallel-f16   | {"rotary_pct": 0.2}                      | hidden_size is 48: rotary positions turn dimensions in pairs, and not 3 of a head's 16
          neox-parallel-f16   | {"rope_scaling": {"type": "dynamic"}}    | rope_scaling.type is "dynamic": Patchgrid has the rotary scalings default, linear and llama3 only
          opt-f16             | {"do_layer_norm_before": false}          | do_layer_norm_before is false: Patchgrid computes OPT with true only
          opt-f16             | {"word_embed_proj_dim": 20}              | word_embed_proj_dim is 20: Patchgrid computes OPT with embeddings of the model's width, 40
          gptj-f32            | {"rotary_dim": 10}                       | rotary_dim is 10: it must be even and at most the width of a head, 8
          gemma2-bf16         | {"final_logit_softcapping": 0}           | final_logit_softcapping is 0: it must be greater than 0
          gemma2-bf16         | {"use_bidirectional_attention": true}    | use_bidirectional_attention is true: Patchgrid computes causal language models only
          gemma2-bf16         | {"layer_types": ["full_attention"]}      | layer_types is ["full_attention"]: it must have one entry for each of the 4 layers
          qwen3-bf16          | {"layer_types": ["a", "b", "c", "d"]}    | layer_types is ["a","b","c","d"]: Patchgrid has full_attention and sliding_attention only
          qwen3-bf16          | {"rope_parameters": {"rope_type": "yarn"}} | rope_parameters.rope_type is "yarn": Patchgrid has the rotary scalings default, linear and llama3 only
          phi3-bf16           | {"rope_scaling": {"type": "longrope"}}   | rope_scaling.type is "longrope": Patchgrid has the rotary scalings default, linear and llama3 only
          mistral-swa-bf16    | {"sliding_window": 0}                    | sliding_window is 0: it must be a positive whole number
          olmo2-f32           | {"model_type": "olmoe"}                  | model_type is "olmoe": Patchgrid does not know this family; use a model of one of: gemma2, gemma3_text, gpt2, gptj, gpt_neox, llama, mistral, olmo2, opt, phi3, qwen2, qwen3
          qwen3-bf16          | {"num_experts": 8}                       | num_experts is 8: Patchgrid computes dense models, and no mixture of experts
          mistral-swa-bf16    | {"num_local_experts": 8}                 | num_local_experts is 8: Patchgrid computes dense models, and no mixture of experts
          """)
  void refuses(String family, String keys, String why) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Path original = TestModels.family(family).resolve("config.json");
    ObjectNode config = (ObjectNode) json.readTree(original.toFile());
    config.setAll((ObjectNode) json.readTree(keys));
    Path path = Files.writeString(directory.resolve("config.json"), config.toString());
    ConfigFile file = ConfigFile.read(path);
    assertThatThrownBy(() -> ModelFamilies.of(file).config("test", file))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(path + ": " + why);
  }
}
