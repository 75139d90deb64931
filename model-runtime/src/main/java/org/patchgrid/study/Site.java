package org.patchgrid.study;

import java.io.Serializable;

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
}
