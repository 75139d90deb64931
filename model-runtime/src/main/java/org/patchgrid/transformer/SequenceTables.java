package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorOps;

/**
 * What attention needs to know of a sequence's length T and nothing else of the prompt.
 *
 * @param length T
 * @param owner of all arrays here
 * @param layers one for each; layers that compute alike share them
 */
public record SequenceTables(int length, NDManager owner, List<AttentionTables> layers) {
  /** The longest sequence: Java sees no more than 2 GiB of a mask. */
  public static final int LONGEST = 23_170;

  /** So few positions are not worth a tile of their own. */
  private static final int SMALLEST_TILE = 4;

  /**
   * Each tile has keys of its own: more of them cost more than the queries that are left out, where
   * tiles are no larger than {@link #LARGEST_TILE}.
   */
  private static final int MOST_SMALL_TILES = 8;

  /** So many positions are all but free of what their keys cost, and their scores still small. */
  private static final int LARGEST_TILE = 128;

  /** Scores of attention that are made at once, so that a processor's cache may hold them. */
  private static final long SCORE_BYTES = 4L << 20;

  /** There starting an operation costs more than memory does. */
  private static final long SCORE_BYTES_OF_GPU = 1L << 30;

  public SequenceTables {
    layers = List.copyOf(layers);
  }

  public int tiles() {
    return tiles(length);
  }

  /** Positions of a tile; the last tile of a sequence may have some beyond its end. */
  public int tile() {
    return tile(length);
  }

  /** {@link #tiles()} of sequences of so many positions. */
  public static int tiles(int length) {
    int small = Math.min(MOST_SMALL_TILES, Math.max(1, length / SMALLEST_TILE));
    return Math.max(small, (length + LARGEST_TILE - 1) / LARGEST_TILE);
  }

  /** {@link #tile()} of sequences of so many positions. */
  public static int tile(int length) {
    return (length + tiles(length) - 1) / tiles(length);
  }

  /**
   * How many tiles of sequences of so many positions attention goes through at once: all of a pass
   * where prompts are short. Changes no bit, since tiles do not meet.
   */
  public static int tilesAtOnce(int length, int queryHeads, boolean gpu) {
    long scoresOfTile = (long) Float.BYTES * queryHeads * tile(length) * length;
    long most = gpu ? SCORE_BYTES_OF_GPU : SCORE_BYTES;
    return (int) Math.max(1, most / scoresOfTile);
  }

  /** All tiles of a pass, as many at a time as {@link #tilesAtOnce} says. */
  List<TileRange> ranges(long tiles, int queryHeads) {
    int atOnce = tilesAtOnce(length, queryHeads, owner.getDevice().isGpu());
    List<TileRange> ranges = new ArrayList<>();
    for (int from = 0; from < tiles; from += atOnce) {
      ranges.add(new TileRange(from, (int) Math.min(tiles, (long) from + atOnce)));
    }
    return ranges;
  }

  static SequenceTables of(NDManager owner, int length, List<LayerConfig> configs, TensorOps ops) {
    Map<RotaryConfig, Rotation> rotations = new HashMap<>();
    Map<OptionalInt, NDArray> masks = new HashMap<>();
    List<AttentionTables> layers = new ArrayList<>();
    for (LayerConfig config : configs) {
      layers.add(
          new AttentionTables(
              config
                  .rotary()
                  .map(
                      rotary ->
                          rotations.computeIfAbsent(
                              rotary,
                              key -> new RotaryEmbedding(key).rotation(owner, length, ops))),
              masks.computeIfAbsent(
                  config.window(), window -> ops.narrow(mask(owner, length, window)))));
    }
    return new SequenceTables(length, owner, layers);
  }

  /** A query sees itself and the keys before it, as far back as its window goes. */
  private static NDArray mask(NDManager owner, int length, OptionalInt window) {
    return NativeArrays.filled(
        owner,
        new Shape(length, length),
        DataType.FLOAT32,
        mask -> {
          FloatBuffer values = NativeArrays.memory(mask).asFloatBuffer();
          float[] ofQuery = new float[length];
          for (int query = 0; query < length; query++) {
            Arrays.fill(ofQuery, Float.NEGATIVE_INFINITY);
            Arrays.fill(ofQuery, Math.max(0, query - window.orElse(length) + 1), query + 1, 0);
            values.put(ofQuery);
          }
        });
  }
}
