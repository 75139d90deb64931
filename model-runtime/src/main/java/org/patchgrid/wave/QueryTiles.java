package org.patchgrid.wave;

import java.util.Arrays;
import org.patchgrid.transformer.SequenceTables;

/**
 * The tiles of queries that hold some tokens, in the order of the tokens that are first in them.
 */
final class QueryTiles {
  private static final int ABSENT = -1;

  private final int size;
  private final int eachRow;
  private final int[] places; // by row * eachRow + tile of the row
  private final int[] tiles; // row * eachRow + tile of the row, by place
  private int count;

  QueryTiles(TokenSet tokens, WaveRows rows) {
    this.size = SequenceTables.tile(rows.length());
    this.eachRow = SequenceTables.tiles(rows.length());
    this.places = new int[rows.count() * eachRow];
    Arrays.fill(places, ABSENT);
    this.tiles = new int[Math.min(places.length, tokens.size())];
    for (int token = 0; token < tokens.size(); token++) {
      int tile = tokens.row(token) * eachRow + tokens.position(token) / size;
      if (places[tile] == ABSENT) {
        places[tile] = count;
        tiles[count++] = tile;
      }
    }
  }

  int count() {
    return count;
  }

  /** The row whose positions a tile has. */
  int row(int place) {
    return tiles[place] / eachRow;
  }

  int first(int place) {
    return tiles[place] % eachRow * size;
  }

  /** The place of the tile that has a row's position, which must be of one of the tokens. */
  int place(int row, int position) {
    return places[row * eachRow + position / size];
  }
}
