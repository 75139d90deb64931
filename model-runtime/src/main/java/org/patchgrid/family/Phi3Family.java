package org.patchgrid.family;

import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.GATE_PROJ;
import static org.patchgrid.study.Component.K_PROJ;
import static org.patchgrid.study.Component.O_PROJ;
import static org.patchgrid.study.Component.Q_PROJ;
import static org.patchgrid.study.Component.UP_PROJ;
import static org.patchgrid.study.Component.V_PROJ;

import java.util.List;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/** Phi-3 and Phi-4: Llama's layer with q, k and v in one tensor, and gate and up in another. */
final class Phi3Family extends ModelFamily {
  private static final CheckpointLayout LAYOUT =
      LlamaLayout.of(
          List.of(
              LlamaLayout.NORMS_BEFORE,
              List.of(
                  CheckpointModule.inTurn("self_attn.qkv_proj", Q_PROJ, K_PROJ, V_PROJ),
                  CheckpointModule.of(O_PROJ, "self_attn.o_proj"),
                  CheckpointModule.inTurn("mlp.gate_up_proj", GATE_PROJ, UP_PROJ),
                  CheckpointModule.of(DOWN_PROJ, "mlp.down_proj"))));

  @Override
  public String modelType() {
    return "phi3";
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    RotaryConfig rotary =
        RotaryConfigReader.partial(
            config, sizes.headWidth(), "rope_theta", "partial_rotary_factor", 1);
    return new TransformerConfig(
        sizes.structure(modelName, Sizes.LLAMA, LAYOUT),
        EmbeddingConfig.PLAIN,
        Norms.rms(config, 1e-5),
        new AttentionConfig(false, false),
        Windows.layers(config, sizes, rotary, config.count(Windows.WINDOW), layer -> true),
        new MlpConfig(Activations.read(config, "hidden_act", "silu"), false),
        new HeadConfig(config.flag("tie_word_embeddings").orElse(false)),
        config.count("max_position_embeddings").orElse(4096));
  }

  @Override
  List<CheckpointLayout> layouts() {
    return List.of(LAYOUT);
  }
}
