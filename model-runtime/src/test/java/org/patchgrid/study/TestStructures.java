package org.patchgrid.study;

import java.util.Set;

/** Structures of models that no checkpoint was read for. */
public final class TestStructures {
  private TestStructures() {}

  /** A model whose q/k-norms, if it has any, are of each head, and whose logits are linear. */
  public static ModelStructure of(
      String name,
      int layers,
      int queryHeads,
      int keyValueHeads,
      int modelWidth,
      int headWidth,
      int mlpWidth,
      int vocabularySize,
      Set<Component> components) {
    return new ModelStructure(
        name,
        layers,
        queryHeads,
        keyValueHeads,
        modelWidth,
        headWidth,
        mlpWidth,
        vocabularySize,
        components,
        false,
        true,
        ModuleNames.ofRoles());
  }
}
