package org.patchgrid.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/**
 * Widens F16 and BF16 to float32. Exact: every value of both is a float32, subnormals, infinities
 * and the payload of NaN included. Works on bit patterns, so that no floating point unit touches
 * them.
 */
final class Float32 {
  private static final int CHUNK = 1 << 14;

  private Float32() {}

  static int bitsOfF16(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      // Zero or subnormal: fraction * 2^-24, which is a normal float32.
      return sign | Float.floatToRawIntBits(fraction * 0x1p-24f);
    }
    if (exponent == 0x1f) {
      return sign | 0x7f800000 | fraction << 13;
    }
    return sign | (exponent + 127 - 15) << 23 | fraction << 13;
  }

  /** The float32 bits of a bfloat16 number, which is the upper half of a float32. */
  static int bitsOfBf16(short brain) {
    return brain << 16;
  }

  /**
   * Widens all of {@code stored} into {@code target} from its position on.
   *
   * @param stored little-endian F32, F16 or BF16
   */
  static void widen(ElementType type, ByteBuffer stored, IntBuffer target) {
    ByteBuffer source = stored.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (type == ElementType.F32) {
      target.put(source.asIntBuffer());
      return;
    }
    if (!type.widensToFloat32()) {
      throw new IllegalArgumentException(type + " does not widen to float32");
    }
    boolean half = type == ElementType.F16;
    ShortBuffer elements = source.asShortBuffer();
    short[] narrow = new short[CHUNK];
    int[] wide = new int[CHUNK];
    while (elements.hasRemaining()) {
      int count = Math.min(CHUNK, elements.remaining());
      elements.get(narrow, 0, count);
      for (int i = 0; i < count; i++) {
        wide[i] = half ? bitsOfF16(narrow[i]) : bitsOfBf16(narrow[i]);
      }
      target.put(wide, 0, count);
    }
  }
}
