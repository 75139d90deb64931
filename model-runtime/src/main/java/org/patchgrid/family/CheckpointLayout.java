package org.patchgrid.family;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.study.Component;
import org.patchgrid.study.ModuleNames;

/**
 * How a family names its tensors.
 *
 * @param embedding module of the token embedding
 * @param positions module of the embedding of positions, where there is one
 * @param layers path of the layers
 * @param modules of a layer; a norm that stands behind attention or the MLP puts out {@link
 *     Component#SELF_ATTN} or {@link Component#MLP}
 * @param parents modules without weights of their own, and what they put out
 * @param finalNorm module of the norm behind the last layer
 * @param head module of the unembedding
 * @param inputsFirst whether weights of linear maps are stored [in, out]
 */
record CheckpointLayout(
    String embedding,
    Optional<String> positions,
    String layers,
    List<CheckpointModule> modules,
    Map<String, Component> parents,
    String finalNorm,
    String head,
    boolean inputsFirst) {
  public CheckpointLayout {
    modules = List.copyOf(modules);
    parents = Map.copyOf(parents);
  }

  /** A layout whose weights of linear maps are [out, in], as most are. */
  static CheckpointLayout of(
      String embedding,
      String layers,
      List<CheckpointModule> modules,
      Map<String, Component> parents,
      String finalNorm,
      String head) {
    return new CheckpointLayout(
        embedding, Optional.empty(), layers, modules, parents, finalNorm, head, false);
  }

  CheckpointLayout withPositions(String module) {
    return new CheckpointLayout(
        embedding, Optional.of(module), layers, modules, parents, finalNorm, head, inputsFirst);
  }

  /** The same with weights of linear maps that are [in, out]. */
  CheckpointLayout withInputsFirst() {
    return new CheckpointLayout(
        embedding, positions, layers, modules, parents, finalNorm, head, true);
  }

  /** The module that holds the weights of a component. */
  CheckpointModule module(Component component) {
    return modules.stream()
        .filter(module -> module.components().contains(component))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No module puts out " + component));
  }

  ModuleNames names() {
    Map<String, Component> names = new HashMap<>(parents);
    modules.stream()
        .filter(module -> module.components().size() == 1)
        .forEach(module -> names.put(module.path(), module.components().get(0)));
    return new ModuleNames(layers, names);
  }
}
