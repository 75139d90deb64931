package org.patchgrid.study;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A component as a user names it: a role, a module of the family ({@code mlp.c_fc}), or a full
 * path, which fixes the layer too ({@code layers.3.mlp} in any family, {@code
 * blocks.3.attn.hook_z}, {@code model.layers.3.mlp}).
 *
 * <p>A role wins over a module of the same name; in a full path of the family's the module wins.
 */
public record ComponentRef(Component component, OptionalInt layer) {
  private static final Pattern LAYER_PATH =
      Pattern.compile("(?<layers>[A-Za-z_.]+)\\.(?<layer>\\d{1,9})\\.(?<inside>.+)");

  /** TransformerLens: the layers, whose parts are roles or hooks. */
  private static final String BLOCKS = "blocks";

  /** The layers of any family, whatever it calls them itself. */
  private static final String LAYERS = "layers";

  /** TransformerLens: what enters the activation function; a gate where the MLP has one. */
  private static final String HOOK_PRE = "mlp.hook_pre";

  /**
   * What {@code name} means on this model.
   *
   * @throws PatchgridException if the model has no such component; the message lists what it has
   */
  public static ComponentRef resolve(String name, ModelStructure model) {
    Matcher path = LAYER_PATH.matcher(name);
    Optional<Component> component =
        path.matches()
            ? inLayer(path.group("layers"), path.group("inside"), model)
            : role(name, model).or(() -> model.modules().component(name));
    return new ComponentRef(
        component.filter(model::has).orElseThrow(() -> unknown(name, model)),
        path.matches()
            ? OptionalInt.of(Integer.parseInt(path.group("layer")))
            : OptionalInt.empty());
  }

  private static Optional<Component> inLayer(String layers, String inside, ModelStructure model) {
    if (layers.equals(BLOCKS)) {
      return role(inside, model);
    }
    if (layers.equals(LAYERS)) {
      return role(inside, model).or(() -> model.modules().component(inside));
    }
    return model.modules().areLayersAt(layers)
        ? model.modules().component(inside).or(() -> role(inside, model))
        : Optional.empty();
  }

  private static Optional<Component> role(String name, ModelStructure model) {
    if (name.equals(HOOK_PRE)) {
      return Optional.of(model.isGated() ? Component.GATE_PROJ : Component.UP_PROJ);
    }
    return Component.named(name).filter(model::has);
  }

  private static PatchgridException unknown(String name, ModelStructure model) {
    List<String> known = model.components().stream().map(Component::roleName).toList();
    // A component that other models have is not misspelt.
    boolean isComponent = Component.named(name).isPresent();
    return new PatchgridException(
        "Unknown component '%s': %s has %s"
            .formatted(
                name,
                model.name(),
                isComponent ? String.join(", ", known) : NearestName.list(name, known)));
  }
}
