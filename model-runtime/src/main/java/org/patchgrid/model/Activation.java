package org.patchgrid.model;

import java.util.Arrays;
import org.patchgrid.study.PatchgridException;

/**
 * A named value of one run: plain numbers, which stay when the trace is closed. Never changes.
 *
 * <p>The axes are [position, width]; where a component has heads, [position, head, width]; of an
 * attention pattern [head, query, key].
 */
public final class Activation {
  private final String name;
  private final Axes axes;
  private final int[] shape;
  private final float[] values;

  private Activation(String name, Axes axes, int[] shape, float[] values) {
    this.name = name;
    this.axes = axes;
    this.shape = shape;
    this.values = values;
  }

  /**
   * @param rows [position, everything of it], the heads side by side, as a run has it
   */
  static Activation ofRows(String name, Axes axes, int[] shape, float[] rows) {
    Activation activation = new Activation(name, axes, shape, new float[rows.length]);
    int width = activation.width();
    for (int i = 0; i < rows.length; i++) {
      activation.values[activation.index(i / width, i % width)] = rows[i];
    }
    return activation;
  }

  /** The other way. */
  float[] rows() {
    float[] rows = new float[values.length];
    int width = width();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = values[index(i / width, i % width)];
    }
    return rows;
  }

  /** The hook point, for example {@code layers.3.mlp}. */
  public String name() {
    return name;
  }

  public int[] shape() {
    return shape.clone();
  }

  /** All numbers, the last axis innermost. */
  public float[] values() {
    return values.clone();
  }

  /**
   * One number.
   *
   * @param index one for each axis
   * @throws PatchgridException if there is none there
   */
  public float get(int... index) {
    boolean inside = index.length == shape.length;
    int flat = 0;
    for (int axis = 0; inside && axis < shape.length; axis++) {
      inside = 0 <= index[axis] && index[axis] < shape[axis];
      flat = flat * shape[axis] + index[axis];
    }
    if (!inside) {
      throw new PatchgridException("%s has nothing at %s".formatted(this, Arrays.toString(index)));
    }
    return values[flat];
  }

  /**
   * The same value of a run with other numbers.
   *
   * @param numbers as many, in the order of {@link #values}
   */
  public Activation with(float... numbers) {
    if (numbers.length != values.length) {
      throw new PatchgridException(
          "%s has %d numbers, not %d".formatted(this, values.length, numbers.length));
    }
    return new Activation(name, axes, shape, numbers.clone());
  }

  /** Positions of the run: of a pattern, the queries. */
  int positions() {
    return axes == Axes.HEAD_QUERY_KEY ? shape[1] : shape[0];
  }

  /** 1 for a value without heads. */
  int heads() {
    return switch (axes) {
      case POSITION_WIDTH -> 1;
      case POSITION_HEAD_WIDTH -> shape[1];
      case HEAD_QUERY_KEY -> shape[0];
    };
  }

  boolean hasHeads() {
    return axes != Axes.POSITION_WIDTH;
  }

  /** Numbers of a position, all heads together. */
  int width() {
    return values.length / positions();
  }

  /** Where {@link #values} has the number {@code entry} of a position. */
  int index(int position, int entry) {
    if (axes != Axes.HEAD_QUERY_KEY) {
      return position * width() + entry;
    }
    int keys = shape[2];
    return (entry / keys * positions() + position) * keys + entry % keys;
  }

  boolean hasShapeOf(Activation other) {
    return axes == other.axes && Arrays.equals(shape, other.shape);
  }

  /** Name, axes and shape; no numbers. */
  @Override
  public String toString() {
    return "%s, %s = %s".formatted(name, axes, Arrays.toString(shape));
  }
}
