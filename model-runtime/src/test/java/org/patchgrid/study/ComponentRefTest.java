package org.patchgrid.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.family.ModelFamilies;

/** What users may call a component, by family. */
class ComponentRefTest {
  @ParameterizedTest
  @CsvSource({
    "gpt2-tied-f32, attn.c_proj, O_PROJ",
    "gpt2-tied-f32, attn, SELF_ATTN",
    "gpt2-tied-f32, ln_2, POST_ATTENTION_LAYERNORM",
    "gpt2-tied-f32, mlp.c_fc, UP_PROJ",
    "gpt2-tied-f32, mlp.hook_pre, UP_PROJ",
    "neox-parallel-f16, attention.dense, O_PROJ",
    "neox-parallel-f16, mlp.dense_4h_to_h, DOWN_PROJ",
    "opt-f16, fc2, DOWN_PROJ",
    "opt-f16, final_layer_norm, POST_ATTENTION_LAYERNORM",
    "gptj-f32, mlp.fc_in, UP_PROJ",
    "gemma2-bf16, post_attention_layernorm, POST_ATTENTION_LAYERNORM", // a role wins
    "gemma2-bf16, pre_feedforward_layernorm, POST_ATTENTION_LAYERNORM",
    "gemma2-bf16, post_feedforward_layernorm, MLP",
    "gemma2-bf16, self_attn, SELF_ATTN",
    "qwen3-bf16, self_attn.q_norm, Q_NORM",
    "qwen3-bf16, hook_q, Q_PROJ",
    "llama-mha-f32, mlp.hook_pre, GATE_PROJ",
    "llama-mha-f32, mlp.hook_pre_linear, UP_PROJ"
  })
  void namesAreRolesAliasesAndTheFamilysOwn(String family, String name, Component component) {
    assertThat(resolve(name, family)).isEqualTo(new ComponentRef(component, OptionalInt.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-tied-f32, transformer.h.2.mlp.c_proj, DOWN_PROJ",
    "gpt2-invlayer-hubkeys-f16, h.2.attn, SELF_ATTN",
    "gpt2-tied-f32, blocks.2.hook_mlp_out, MLP",
    "gpt2-tied-f32, transformer.h.2.resid_pre, RESID_PRE",
    "neox-sequential-f32, gpt_neox.layers.2.attention, SELF_ATTN",
    "opt-f16, model.decoder.layers.2.fc1, UP_PROJ",
    "gptj-f32, transformer.h.2.ln_1, INPUT_LAYERNORM",
    "gemma2-bf16, model.layers.2.post_attention_layernorm, SELF_ATTN", // its own meaning
    "gemma2-bf16, model.layers.2.self_attn, O_PROJ", // before the norm behind it
    "gemma2-bf16, model.layers.2.mlp, DOWN_PROJ",
    "gemma2-bf16, blocks.2.hook_attn_out, SELF_ATTN",
    "olmo2-f32, model.layers.2.post_attention_layernorm, SELF_ATTN",
    "llama-mha-f32, model.layers.2.mlp, MLP",
    "llama-mha-f32, layers.2.mlp, MLP",
    "gpt2-tied-f32, layers.2.mlp, MLP", // any family's layers, by roles
    "gpt2-tied-f32, layers.2.mlp.c_fc, UP_PROJ",
    "gemma2-bf16, layers.2.self_attn, SELF_ATTN",
    "gemma2-bf16, layers.2.post_attention_layernorm, POST_ATTENTION_LAYERNORM",
    "llama-mha-f32, blocks.2.attn.hook_z, Z"
  })
  void aFullPathFixesTheLayer(String family, String name, Component component) {
    assertThat(resolve(name, family)).isEqualTo(new ComponentRef(component, OptionalInt.of(2)));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-tied-f32, mlp.gate_proj",
    "gpt2-tied-f32, attn.c_attn",
    "gpt2-tied-f32, model.layers.2.mlp",
    "neox-parallel-f16, resid_mid",
    "gptj-f32, post_attention_layernorm",
    "olmo2-f32, input_layernorm",
    "llama-mha-f32, self_attn.q_norm",
    "llama-mha-f32, mlp.c_fc"
  })
  void whatIsNotThereIsAnErrorThatNamesWhatIs(String family, String name) {
    assertThatThrownBy(() -> resolve(name, family))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Unknown component '" + name + "': test has resid_pre, ")
        .hasMessageEndingWith("mlp.act, mlp.down_proj, mlp, output");
  }

  private static ComponentRef resolve(String name, String family) {
    ConfigFile config = ConfigFile.read(TestModels.family(family).resolve("config.json"));
    return ComponentRef.resolve(name, ModelFamilies.of(config).config("test", config).structure());
  }
}
