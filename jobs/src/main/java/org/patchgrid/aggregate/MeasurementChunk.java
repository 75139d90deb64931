package org.patchgrid.aggregate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.patchgrid.study.CellStatus;

/** Measurements of one site under one metric, as columns: what travels between executors. */
final class MeasurementChunk {
  private static final int NUMBERS = 5;

  /** A chunk is read by the code that wrote it: the place in this list is the code. */
  private static final List<CellStatus> STATUSES = List.of(CellStatus.values());

  private final String site;
  private int size;
  private int[] pairs = new int[8];
  private byte[] statuses = new byte[8];

  /** [row * NUMBERS + column]; NaN where null. */
  private double[] numbers = new double[8 * NUMBERS];

  /**
   * @param site a key by which chunks of a layer are put in order
   */
  MeasurementChunk(String site) {
    this.site = site;
  }

  /**
   * @param pair its number
   */
  void add(
      int pair,
      CellStatus status,
      double clean,
      double corrupted,
      double patched,
      double recovery,
      double effect) {
    if (size == pairs.length) {
      pairs = Arrays.copyOf(pairs, 2 * size);
      statuses = Arrays.copyOf(statuses, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size * NUMBERS);
    }
    pairs[size] = pair;
    statuses[size] = (byte) STATUSES.indexOf(status);
    int first = size * NUMBERS;
    numbers[first] = clean;
    numbers[first + 1] = corrupted;
    numbers[first + 2] = patched;
    numbers[first + 3] = recovery;
    numbers[first + 4] = effect;
    size++;
  }

  String site() {
    return site;
  }

  int size() {
    return size;
  }

  int pair(int row) {
    return pairs[row];
  }

  CellStatus status(int row) {
    return STATUSES.get(statuses[row]);
  }

  double clean(int row) {
    return numbers[row * NUMBERS];
  }

  double corrupted(int row) {
    return numbers[row * NUMBERS + 1];
  }

  double patched(int row) {
    return numbers[row * NUMBERS + 2];
  }

  double recovery(int row) {
    return numbers[row * NUMBERS + 3];
  }

  double effect(int row) {
    return numbers[row * NUMBERS + 4];
  }

  byte[] toBytes() {
    byte[] name = site.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(
            2 * Integer.BYTES + name.length + size * (Integer.BYTES + 1 + NUMBERS * Double.BYTES));
    bytes.putInt(name.length).put(name).putInt(size);
    bytes.asIntBuffer().put(pairs, 0, size);
    bytes.position(bytes.position() + size * Integer.BYTES);
    bytes.put(statuses, 0, size);
    // Column by column: what repeats itself is then next to itself, and Spark compresses it.
    for (int column = 0; column < NUMBERS; column++) {
      for (int row = 0; row < size; row++) {
        bytes.putDouble(numbers[row * NUMBERS + column]);
      }
    }
    return bytes.array();
  }

  static MeasurementChunk ofBytes(byte[] from) {
    ByteBuffer bytes = ByteBuffer.wrap(from);
    byte[] name = new byte[bytes.getInt()];
    bytes.get(name);
    MeasurementChunk chunk = new MeasurementChunk(new String(name, StandardCharsets.UTF_8));
    chunk.size = bytes.getInt();
    chunk.pairs = new int[chunk.size];
    bytes.asIntBuffer().get(chunk.pairs);
    bytes.position(bytes.position() + chunk.size * Integer.BYTES);
    chunk.statuses = new byte[chunk.size];
    bytes.get(chunk.statuses);
    chunk.numbers = new double[chunk.size * NUMBERS];
    for (int column = 0; column < NUMBERS; column++) {
      for (int row = 0; row < chunk.size; row++) {
        chunk.numbers[row * NUMBERS + column] = bytes.getDouble();
      }
    }
    return chunk;
  }
}
