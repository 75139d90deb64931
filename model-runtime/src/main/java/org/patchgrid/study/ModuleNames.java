package org.patchgrid.study;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;

/**
 * What a family calls its own modules, and which component each of them puts out. A family's own
 * name may mean something else than the role of the same name: {@code post_attention_layernorm} is
 * what feeds the MLP in Llama, and the last part of {@code self_attn} in Gemma.
 *
 * @param layers path of the layers, for example {@code transformer.h}
 * @param components by the module's path inside a layer, for example {@code mlp.c_fc}
 */
public record ModuleNames(String layers, Map<String, Component> components)
    implements Serializable {
  public ModuleNames {
    components = Map.copyOf(components);
  }

  /** Those of a layer whose modules are named as the roles are. */
  public static ModuleNames ofRoles() {
    return new ModuleNames("model.layers", Map.of());
  }

  /** The component that a module of a layer puts out. */
  Optional<Component> component(String module) {
    return Optional.ofNullable(components.get(module));
  }

  /** Whether {@code path} is that of the layers, or its end. */
  boolean areLayersAt(String path) {
    return layers.equals(path) || layers.endsWith("." + path);
  }
}
