package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
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
  /** So few positions are not worth a tile of their own. */
  private static final int SMALLEST_TILE = 4;

  /** Each tile has keys of its own: more of them cost more than the queries that are left out. */
  private static final int MOST_TILES = 8;

  public SequenceTables {
    layers = List.copyOf(layers);
  }

  /** Tiles of a whole sequence. */
  public int tiles() {
    return tiles(length);
  }

  /** Positions of a tile; the last tile of a sequence may have some beyond its end. */
  public int tile() {
    return tile(length);
  }

  /** {@link #tiles()} of sequences of so many positions. */
  public static int tiles(int length) {
    return Math.min(MOST_TILES, Math.max(1, length / SMALLEST_TILE));
  }

  /** {@link #tile()} of sequences of so many positions. */
  public static int tile(int length) {
    return (length + tiles(length) - 1) / tiles(length);
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
    float[] mask = new float[length * length];
    for (int query = 0; query < length; query++) {
      int firstSeen = Math.max(0, query - window.orElse(length) + 1);
      for (int key = 0; key < length; key++) {
        boolean seen = firstSeen <= key && key <= query;
        mask[query * length + key] = seen ? 0 : Float.NEGATIVE_INFINITY;
      }
    }
    return NativeArrays.of(owner, mask, length, length);
  }
}
