package org.patchgrid.checkpoint;

import java.util.Set;

/**
 * MLX's affine quantisation: every {@code groupSize} neighbours of a row share a scale and a bias,
 * and {@code value = scale * integer + bias}.
 *
 * <p>The integers of a row are one stream of bits in little-endian uint32 words, the first column
 * in the lowest bits of the first word. For 3, 5 and 6 bits an integer may cross into the next
 * word: MLX packs those 8 into 3 bytes, 8 into 5 and 4 into 3, which is the same stream.
 *
 * @param bits of an integer: 2, 3, 4, 5, 6 or 8
 * @param groupSize columns that share a scale and a bias: 32, 64 or 128
 */
record AffineQuantization(int bits, int groupSize) {
  static final Set<Integer> BITS = Set.of(2, 3, 4, 5, 6, 8);
  static final Set<Integer> GROUP_SIZES = Set.of(32, 64, 128);

  public AffineQuantization {
    if (!BITS.contains(bits)) {
      throw new IllegalArgumentException("bits must be 2, 3, 4, 5, 6 or 8, not " + bits);
    }
    if (!GROUP_SIZES.contains(groupSize)) {
      throw new IllegalArgumentException("group_size must be 32, 64 or 128, not " + groupSize);
    }
  }

  /** Words that a row of {@code columns} values takes; {@code columns} are whole groups. */
  long wordsPerRow(long columns) {
    return columns / 32 * bits;
  }

  long columns(long wordsPerRow) {
    return wordsPerRow * 32 / bits;
  }

  long groupsPerRow(long columns) {
    return columns / groupSize;
  }

  /**
   * Writes the float32 values of one row: the product rounded, then the sum rounded, as PyTorch and
   * MLX have it for float32 scales and biases (no fused multiply-add).
   *
   * @param words {@code wordsPerRow} packed words
   * @param scales one a group
   * @param biases one a group
   * @param row as many values as the groups hold
   */
  void dequantize(int[] words, float[] scales, float[] biases, float[] row) {
    int mask = (1 << bits) - 1;
    int column = 0;
    for (int group = 0; group < scales.length; group++) {
      float scale = scales[group];
      float bias = biases[group];
      for (int end = column + groupSize; column < end; column++) {
        long bit = (long) column * bits;
        int word = (int) (bit >>> 5);
        int shift = (int) bit & 31;
        int integer = words[word] >>> shift;
        if (shift + bits > 32) {
          integer |= words[word + 1] << (32 - shift);
        }
        // Two statements, each rounded to float32: Java never fuses them.
        float product = scale * (integer & mask);
        row[column] = product + bias;
      }
    }
  }

  @Override
  public String toString() {
    return bits + " bits, group size " + groupSize;
  }
}
