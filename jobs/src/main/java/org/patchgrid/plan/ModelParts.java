package org.patchgrid.plan;

import org.patchgrid.study.Component;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.ModelStructure;

/** Says which layers and heads a model has, for those who asked for others. */
final class ModelParts {
  private ModelParts() {}

  static String layers(ModelStructure model) {
    return model.name() + " has " + counted(model.layers(), "layer");
  }

  /**
   * @param where in the study, with a blank before it, or nothing
   */
  static String noHead(ModelStructure model, Component component, int head, String where) {
    boolean keyValue = component.headAxis() == HeadAxis.KEY_VALUE;
    String heads = counted(model.heads(component), keyValue ? "key-value head" : "head");
    return "Cannot patch head %d of %s%s: %s has %s"
        .formatted(head, component, where, model.name(), heads);
  }

  private static String counted(int count, String what) {
    return count == 1 ? "1 " + what + " (0)" : count + " " + what + "s (0-" + (count - 1) + ")";
  }
}
