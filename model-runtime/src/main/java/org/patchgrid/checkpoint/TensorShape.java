package org.patchgrid.checkpoint;

import java.util.Arrays;
import java.util.List;

/**
 * The sizes of a tensor, outermost first; none for a scalar. The number of elements fits a long.
 */
public record TensorShape(List<Long> sizes) {
  public TensorShape {
    sizes = List.copyOf(sizes);
    long elements = 1;
    for (long size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException("its shape " + sizes + " has a negative size");
      }
      try {
        elements = Math.multiplyExact(elements, size);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "its shape " + sizes + " has more elements than a long can count", e);
      }
    }
  }

  public static TensorShape of(long... sizes) {
    return new TensorShape(Arrays.stream(sizes).boxed().toList());
  }

  public int rank() {
    return sizes.size();
  }

  public long elements() {
    return sizes.stream().reduce(1L, Math::multiplyExact);
  }

  /** Elements of the innermost dimension; 1 below two dimensions, where every element is a row. */
  public long rowElements() {
    return rank() < 2 ? 1 : sizes.get(rank() - 1);
  }

  /** How many times {@link #rowElements()} the tensor has. */
  public long rows() {
    return rank() < 2
        ? elements()
        : sizes.subList(0, rank() - 1).stream().reduce(1L, Math::multiplyExact);
  }

  /** The same shape but for the size of the innermost dimension, of at least one. */
  TensorShape withRowElements(long rowElements) {
    long[] changed = sizes.stream().mapToLong(Long::longValue).toArray();
    changed[changed.length - 1] = rowElements;
    return of(changed);
  }

  /** As messages and Python write it, for example {@code [32, 64]}. */
  @Override
  public String toString() {
    return sizes.toString();
  }
}
