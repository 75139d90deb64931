package org.patchgrid.input;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.patchgrid.study.Sha256;

/**
 * The set of ids seen so far, by the first 128 bits of their SHA-256: 16 bytes an id, and room for
 * half as many again up to three times as many (ten million ids: 256 MiB, 384 MiB while it grows).
 */
final class DistinctIds {
  private final MessageDigest digest = Sha256.begin();
  private long[] slots = new long[2 * 1024]; // [slot, high and low half]; both 0: free
  private int size;

  /** Adds {@code id}; false if it was there. */
  boolean add(String id) {
    if (3L * (size + 1) > slots.length) {
      grow();
    }
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8)));
    boolean added = insert(hash.getLong(), hash.getLong());
    size += added ? 1 : 0;
    return added;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[Math.multiplyExact(old.length, 2)];
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0 || old[i + 1] != 0) {
        insert(old[i], old[i + 1]);
      }
    }
  }

  private boolean insert(long high, long low) {
    int mask = slots.length / 2 - 1;
    int slot = (int) high & mask;
    while (slots[2 * slot] != 0 || slots[2 * slot + 1] != 0) {
      if (slots[2 * slot] == high && slots[2 * slot + 1] == low) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    slots[2 * slot] = high;
    slots[2 * slot + 1] = low;
    return true;
  }
}
