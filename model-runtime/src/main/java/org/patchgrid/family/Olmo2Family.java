package org.patchgrid.family;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.study.Component;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/**
 * OLMo 2: no norm before attention and MLP and one behind each, and a norm of queries and keys over
 * all heads together.
 */
final class Olmo2Family extends ModelFamily {
  private static final Set<Component> COMPONENTS =
      EnumSet.complementOf(
          EnumSet.of(Component.INPUT_LAYERNORM, Component.POST_ATTENTION_LAYERNORM));

  private static final CheckpointLayout LAYOUT =
      LlamaLayout.withNormsBehind(
          List.of(LlamaLayout.PROJECTIONS, LlamaLayout.QUERY_KEY_NORMS, LlamaLayout.NORMS_BEHIND));

  Olmo2Family() {
    super("olmo2", LAYOUT);
  }

  @Override
  public TransformerConfig config(String modelName, ConfigFile config) {
    Sizes sizes = Sizes.read(config);
    boolean bias = config.flag("attention_bias").orElse(false);
    RotaryConfig rotary = RotaryConfigReader.whole(config, sizes.headWidth());
    return LlamaFamily.config(
        config,
        sizes.structure(modelName, COMPONENTS, true, true, LAYOUT),
        Norms.rms(config, 1e-5).withNormsBehindSublayers(),
        new AttentionConfig(bias, bias),
        sizes.layersAlike(Optional.of(rotary)),
        false,
        2048);
  }
}
