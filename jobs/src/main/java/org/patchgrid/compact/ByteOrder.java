package org.patchgrid.compact;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;

/** Bytes as unsigned, from the first on. */
final class ByteOrder implements Comparator<byte[]>, Serializable {
  private static final long serialVersionUID = 1;

  @Override
  public int compare(byte[] one, byte[] other) {
    return Arrays.compareUnsigned(one, other);
  }
}
