package org.patchgrid.study;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A component as a user names it: a role, or a module's full path, which fixes the layer too
 * ({@code blocks.3.attn.hook_z}, {@code model.layers.3.mlp}).
 */
public record ComponentRef(Component component, OptionalInt layer) {
  private static final Pattern LAYER_PATH =
      Pattern.compile("(?:blocks|(?:model\\.)?layers)\\.(\\d{1,9})\\.(.+)");

  /** TransformerLens: what enters the activation function; a gate where the MLP has one. */
  private static final String HOOK_PRE = "mlp.hook_pre";

  /**
   * What {@code name} means on this model.
   *
   * @throws PatchgridException if the model has no such component; the message lists what it has
   */
  public static ComponentRef resolve(String name, ModelStructure model) {
    Matcher path = LAYER_PATH.matcher(name);
    OptionalInt layer =
        path.matches() ? OptionalInt.of(Integer.parseInt(path.group(1))) : OptionalInt.empty();
    Component component =
        role(path.matches() ? path.group(2) : name, model)
            .filter(model.components()::contains)
            .orElseThrow(() -> unknown(name, model));
    return new ComponentRef(component, layer);
  }

  private static Optional<Component> role(String name, ModelStructure model) {
    if (name.equals(HOOK_PRE)) {
      boolean gated = model.components().contains(Component.GATE_PROJ);
      return Optional.of(gated ? Component.GATE_PROJ : Component.UP_PROJ);
    }
    return Component.named(name);
  }

  private static PatchgridException unknown(String name, ModelStructure model) {
    String known =
        model.components().stream().map(Component::roleName).collect(Collectors.joining(", "));
    return new PatchgridException(
        "Unknown component '" + name + "': " + model.name() + " has " + known);
  }
}
