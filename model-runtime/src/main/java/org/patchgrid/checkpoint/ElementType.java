package org.patchgrid.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/**
 * The element types of safetensors, by their names there. All can be listed; weights are read from
 * {@link #F32}, {@link #F16} and {@link #BF16}, and from {@link #U32} where a matrix is quantised.
 */
public enum ElementType {
  F64(64),
  F32(32),
  F16(16),
  BF16(16),
  C64(64),
  I64(64),
  U64(64),
  I32(32),
  U32(32),
  I16(16),
  U16(16),
  I8(8),
  U8(8),
  BOOL(8),
  F8_E4M3(8),
  F8_E5M2(8),
  F8_E8M0(8),
  F6_E2M3(6),
  F6_E3M2(6),
  F4(4);

  private final int bits;

  ElementType(int bits) {
    this.bits = bits;
  }

  /** Bits an element; some of the newest types take less than a byte. */
  public int bits() {
    return bits;
  }

  /** Whether every value of this type is also a float32. */
  boolean widensToFloat32() {
    return this == F32 || this == F16 || this == BF16;
  }

  /** The type of that name; empty for one that safetensors did not have when this was written. */
  static Optional<ElementType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}
