package org.patchgrid.wave;

import java.util.Arrays;

/**
 * Which tokens a value of a wave has: a list of (row, position), each at most once. A row without a
 * token of its own at some position shares that of its parent there.
 */
final class TokenSet {
  private static final int ABSENT = -1;

  private final WaveRows rows;
  private final int[] slots; // by row * length + position: place in the list
  private int[] entries = new int[64]; // slots in the order of the list
  private int size;

  TokenSet(WaveRows rows) {
    this.rows = rows;
    this.slots = new int[rows.count() * rows.length()];
    Arrays.fill(slots, ABSENT);
  }

  private TokenSet(TokenSet other) {
    this.rows = other.rows;
    this.slots = other.slots.clone();
    this.entries = other.entries.clone();
    this.size = other.size;
  }

  TokenSet copy() {
    return new TokenSet(this);
  }

  /** Adds a token that is not there yet. */
  void add(int row, int position) {
    int slot = row * rows.length() + position;
    if (slots[slot] != ABSENT) {
      throw new IllegalStateException("Row " + row + " has position " + position + " already");
    }
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, 2 * size);
    }
    slots[slot] = size;
    entries[size++] = slot;
  }

  /** Whether {@code row} has a token of its own there. */
  boolean has(int row, int position) {
    return slots[row * rows.length() + position] != ABSENT;
  }

  int size() {
    return size;
  }

  int row(int token) {
    return entries[token] / rows.length();
  }

  int position(int token) {
    return entries[token] % rows.length();
  }

  /** {@link #find}, or {@code otherwise} where neither the row nor whom it shares with has one. */
  int findOr(int row, int position, int otherwise) {
    int owner = row;
    int token = slots[owner * rows.length() + position];
    while (token == ABSENT && rows.hasParent(owner)) {
      owner = rows.parent(owner);
      token = slots[owner * rows.length() + position];
    }
    return token == ABSENT ? otherwise : token;
  }

  /**
   * The place of the token that {@code row} has at {@code position}, its own or the one it shares.
   */
  int find(int row, int position) {
    int owner = row;
    int token = slots[owner * rows.length() + position];
    while (token == ABSENT) {
      owner = rows.parent(owner);
      token = slots[owner * rows.length() + position];
    }
    return token;
  }
}
