package org.patchgrid.family;

import java.util.List;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/** Phi-3 and Phi-4: Llama's layer with q, k and v in one tensor, and gate and up in another. */
final class Phi3Family extends ModelFamily {
  private static final CheckpointLayout LAYOUT =
      LlamaLayout.of(
          List.of(
              LlamaLayout.NORMS_BEFORE,
              List.of(
                  CheckpointModule.inTurn(
                      "self_attn.qkv_proj", Component.Q_PROJ, Component.K_PROJ, Component.V_PROJ),
                  CheckpointModule.of(Component.O_PROJ, "self_attn.o_proj"),
                  CheckpointModule.inTurn(
                      "mlp.gate_up_proj", Component.GATE_PROJ, Component.UP_PROJ),
                  CheckpointModule.of(Component.DOWN_PROJ, "mlp.down_proj"))));

  Phi3Family() {
    super("phi3", LAYOUT);
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    RotaryConfig rotary =
        RotaryConfigReader.partial(
            config, sizes.headWidth(), "rope_theta", "partial_rotary_factor", 1);
    return LlamaFamily.config(
        config,
        sizes.structure(modelName, Sizes.LLAMA, LAYOUT),
        Norms.rms(config, 1e-5),
        new AttentionConfig(false, false),
        Windows.layers(config, sizes, rotary, config.count(Windows.WINDOW), layer -> true),
        false,
        4096);
  }
}
