package org.patchgrid.study;

import java.io.Serializable;
import java.util.Set;

/** What is patched together in one run, before a pair gives its positions a meaning. */
public sealed interface Site extends Serializable permits PatchSite, JointSite, PathSite {
  /** The layer that results are stored under. */
  int layer();

  /** How many layers around {@link #layer} are patched together. */
  int window();

  /** What the column {@code component} says. */
  String componentName();

  /** Where in the prompt. */
  Positions positions();

  /** Whether values of this component are written; of a path, those of its sender. */
  boolean writes(Component component);

  /** Where they are written on a model, in all prompts. */
  Set<HookPoint> points(ModelStructure model);
}
