package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.stream.LongStream;

/**
 * Every sequence has every token, one sequence after the other: a plain batch.
 *
 * <p>Axes as in {@link Sequences}; B sequence.
 */
public record WholeSequences(SequenceTables tables) implements Sequences {
  @Override
  public long[] positions(int tokens) {
    return LongStream.range(0, tokens).map(token -> token % tables.length()).toArray();
  }

  @Override
  public NDArray atPositions(NDArray table, NDArray tokens) {
    long count = tokens.getShape().get(0);
    Shape each = new Shape(count / tables.length(), tables.length(), table.getShape().get(1));
    NDArray ofEach = table.broadcast(each);
    ofEach.attach(tokens.getManager()); // the table's lives on
    return ofEach.reshape(count, -1);
  }

  @Override
  public long[] positions(TileRange range) {
    int tile = tables.tile();
    long[] positions = new long[range.count() * tile];
    for (int place = 0; place < positions.length; place++) {
      int query = (range.from() * tile + place) % (tables.tiles() * tile); // of its sequence
      positions[place] = query % tables.length();
    }
    return positions;
  }

  @Override
  public void attend() {
    // All tokens go on.
  }

  @Override
  public NDArray queries(NDArray tokens, int heads) {
    NDArray whole = bySequence(tokens, heads); // [B, T, heads, w]
    long width = whole.getShape().get(3);
    long missing = (long) tables.tile() * tables.tiles() - tables.length();
    if (missing > 0) { // the last tile's, which no token has: any will do
      whole = whole.concat(whole.get(":, :{}", missing), 1);
    }
    return swapped(whole.reshape(-1, tables.tile(), heads, width));
  }

  @Override
  public NDArray keys(NDArray tokens, int heads, TileRange range) {
    int tiles = tables.tiles();
    int first = range.from() / tiles; // sequence
    int behind = (range.to() - 1) / tiles + 1;
    return Lifetime.beside(
        tokens,
        x -> {
          NDArray whole =
              swapped(bySequence(x, heads).get("{}:{}", first, behind)); // [b, heads, T, w]
          Shape shape = whole.getShape();
          NDArray ofTiles =
              whole
                  .expandDims(1)
                  .broadcast(new Shape(shape.get(0), tiles).addAll(shape.slice(1)))
                  .reshape(-1) // in memory too
                  .reshape(-1, shape.get(1), shape.get(2), shape.get(3));
          return ofTiles.get("{}:{}", range.from() - first * tiles, range.to() - first * tiles);
        });
  }

  @Override
  public NDArray tokens(NDArray tiles) {
    long heads = tiles.getShape().get(1);
    long width = tiles.getShape().get(3);
    return swapped(tiles)
        .reshape(-1, (long) tables.tiles() * tables.tile(), heads * width)
        .get(":, :{}", tables.length())
        .reshape(-1, heads * width);
  }

  private NDArray bySequence(NDArray tokens, int heads) {
    return tokens.reshape(-1, tables.length(), heads, tokens.getShape().get(1) / heads);
  }

  /** With the two middle axes swapped, in memory too. */
  private static NDArray swapped(NDArray x) {
    NDArray view = x.swapAxes(1, 2);
    return view.reshape(-1).reshape(view.getShape());
  }

  @Override
  public NDArray last(NDArray tokens) {
    return tokens.reshape(-1, tables.length(), tokens.getShape().get(1)).get(":, -1");
  }
}
