package org.patchgrid.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A tensor as float32, rows first, in blocks of whole rows that are each below 2 GiB. Nearly every
 * tensor is one block. Read-only: a block may be the mapped file itself.
 *
 * @param blocks in the order of their rows, covering all of them
 */
public record WeightTensor(String name, TensorShape shape, List<Block> blocks) {
  public WeightTensor {
    blocks = List.copyOf(blocks);
    long rows = blocks.stream().mapToLong(Block::rows).sum();
    if (rows != shape.rows()) {
      throw new IllegalArgumentException(
          "Tensor '%s' of shape %s cannot have %d rows".formatted(name, shape, rows));
    }
  }

  /**
   * Whole rows of a tensor (elements, for a vector).
   *
   * @param bytes a direct buffer in native order with position 0, as native libraries take it
   *     without a copy
   */
  public record Block(long rows, ByteBuffer bytes) {
    public Block {
      if (!bytes.isDirect() || bytes.position() != 0 || bytes.order() != ByteOrder.nativeOrder()) {
        throw new IllegalArgumentException("A block is a direct buffer in native order");
      }
    }

    /** The values, as a view with a position of its own. */
    public FloatBuffer floats() {
      return bytes.asFloatBuffer();
    }
  }

  /** A copy of all values, for tensors that fit an array. */
  public float[] toArray() {
    float[] values = new float[Math.toIntExact(shape.elements())];
    int position = 0;
    for (Block block : blocks) {
      FloatBuffer floats = block.floats();
      int count = floats.remaining();
      floats.get(values, position, count);
      position += count;
    }
    return values;
  }
}
