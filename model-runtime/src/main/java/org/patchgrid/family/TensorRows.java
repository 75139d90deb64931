package org.patchgrid.family;

import java.util.List;

/**
 * Some rows of a stored tensor (elements, of a vector): of every group of {@code groupRows} rows
 * those from {@code first} on, {@code count} of them.
 *
 * @param shape of the whole tensor as it is stored
 * @param inputsFirst whether it is stored [in, out], so that its columns are the rows that are
 *     meant
 */
public record TensorRows(
    String tensor, List<Long> shape, boolean inputsFirst, long groupRows, long first, long count) {
  public TensorRows {
    shape = List.copyOf(shape);
    if (first < 0 || count < 1 || first + count > groupRows) {
      throw new IllegalArgumentException("Invalid rows of " + tensor);
    }
  }

  public long groups() {
    return shape.get(inputsFirst ? 1 : 0) / groupRows;
  }

  public long[] resultShape() {
    long rows = groups() * count;
    return shape.size() == 1
        ? new long[] {rows}
        : new long[] {rows, shape.get(inputsFirst ? 0 : 1)};
  }
}
