package org.patchgrid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.junit.jupiter.api.Test;

class Float32Test {
  @Test
  void widensEveryFiniteHalfToItsValue() {
    for (int half = 0; half < 1 << 16; half++) {
      int exponent = (half >> 10) & 31;
      if (exponent == 31) {
        continue;
      }
      // IEEE 754: (-1)^s * 2^(e - 15) * (1 + f / 1024), or 2^-14 * f / 1024 without the leading 1.
      double significand = (half & 1023) + (exponent == 0 ? 0 : 1024);
      double magnitude = Math.scalb(significand, Math.max(exponent, 1) - 25);
      double value = half >> 15 == 0 ? magnitude : -magnitude;
      float widened = Float.intBitsToFloat(Float32.bitsOfF16((short) half));
      assertThat((double) widened).as("half %04x", half).isEqualTo(value);
    }
  }

  @Test
  void keepsInfinitiesAndNanPayloadsOfHalves() {
    assertThat(Float32.bitsOfF16((short) 0x7c00)).isEqualTo(0x7f800000);
    assertThat(Float32.bitsOfF16((short) 0xfc00)).isEqualTo(0xff800000);
    assertThat(Float32.bitsOfF16((short) 0x7e00)).isEqualTo(0x7fc00000);
    assertThat(Float32.bitsOfF16((short) 0xfc01)).isEqualTo(0xff802000);
  }

  @Test
  void putsBrainFloatsInTheUpperHalf() {
    assertThat(Float.intBitsToFloat(Float32.bitsOfBf16((short) 0x3f80))).isEqualTo(1);
    assertThat(Float.intBitsToFloat(Float32.bitsOfBf16((short) 0x8000))).isEqualTo(-0f);
    // The smallest subnormal, an infinity and a signalling NaN.
    assertThat(Float32.bitsOfBf16((short) 0x0001)).isEqualTo(0x00010000);
    assertThat(Float32.bitsOfBf16((short) 0xff80)).isEqualTo(0xff800000);
    assertThat(Float32.bitsOfBf16((short) 0x7f81)).isEqualTo(0x7f810000);
  }

  @Test
  void widensHoweverManyThereAre() {
    ByteBuffer stored = ByteBuffer.allocate(2 * 40_000).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 40_000; i++) {
      stored.putShort((short) i);
    }
    IntBuffer widened = IntBuffer.allocate(40_000);
    Float32.widen(ElementType.BF16, stored.flip(), widened);
    assertThat(widened.hasRemaining()).isFalse();
    for (int i = 0; i < 40_000; i++) {
      assertThat(widened.get(i)).isEqualTo(i << 16);
    }
  }
}
