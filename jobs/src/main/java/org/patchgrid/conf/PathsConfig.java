package org.patchgrid.conf;

import java.util.List;
import org.patchgrid.study.PathFreeze;

/**
 * Where the paths of a sweep end; its components are where they begin.
 *
 * @param receivers {@code final}, or {@code COMPONENT@LAYER} or {@code COMPONENT@LAYER.HEAD} as
 *     written; empty in a sweep of ordinary patches
 */
public record PathsConfig(List<String> receivers, PathFreeze freeze) {
  public static final PathFreeze DEFAULT_FREEZE = PathFreeze.HEADS;

  public static final PathsConfig NONE = new PathsConfig(List.of(), DEFAULT_FREEZE);

  public PathsConfig {
    receivers = List.copyOf(receivers);
  }

  public boolean isEmpty() {
    return receivers.isEmpty();
  }
}
