package org.patchgrid.family;

import java.util.List;
import org.patchgrid.study.Component;

/**
 * A module of a checkpoint's layer and what it holds: one component's weights, or those of several
 * in one tensor.
 *
 * @param path inside the layer, for example {@code mlp.c_fc}
 * @param components in the order of their rows
 * @param order how the rows of several lie
 */
record CheckpointModule(String path, List<Component> components, Order order) {
  public enum Order {
    /** One after the other: {@code [q | k | v]}. */
    IN_TURN,
    /** Head by head: {@code [q k v] [q k v] ...}. */
    BY_HEAD
  }

  public CheckpointModule {
    components = List.copyOf(components);
  }

  static CheckpointModule of(Component component, String path) {
    return new CheckpointModule(path, List.of(component), Order.IN_TURN);
  }

  static CheckpointModule inTurn(String path, Component... components) {
    return new CheckpointModule(path, List.of(components), Order.IN_TURN);
  }

  static CheckpointModule byHead(String path, Component... components) {
    return new CheckpointModule(path, List.of(components), Order.BY_HEAD);
  }
}
