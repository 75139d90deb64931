package org.patchgrid.model;

import org.patchgrid.study.Component;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.ModelStructure;

/** What the axes of an activation are. */
enum Axes {
  /** A vector at every position. */
  POSITION_WIDTH("[position, width]"),
  /** A vector of every head at every position. */
  POSITION_HEAD_WIDTH("[position, head, width]"),
  /** How much a query looks at a key, by each head. */
  HEAD_QUERY_KEY("[head, query, key]");

  private final String names;

  Axes(String names) {
    this.names = names;
  }

  static Axes of(Component component) {
    if (component == Component.PATTERN) {
      return HEAD_QUERY_KEY;
    }
    return component.headAxis() == HeadAxis.NONE ? POSITION_WIDTH : POSITION_HEAD_WIDTH;
  }

  /**
   * The shape of a run's value.
   *
   * @param width of a token's value, all heads together
   */
  int[] shape(Component component, ModelStructure structure, int positions, int width) {
    int heads = Math.max(1, structure.heads(component));
    return switch (this) {
      case POSITION_WIDTH -> new int[] {positions, width};
      case POSITION_HEAD_WIDTH -> new int[] {positions, heads, width / heads};
      case HEAD_QUERY_KEY -> new int[] {heads, positions, width / heads};
    };
  }

  @Override
  public String toString() {
    return names;
  }
}
